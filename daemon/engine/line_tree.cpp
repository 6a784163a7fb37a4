#include "engine/line_tree.h"

namespace usher::engine {

namespace {

/// The finalizer of MurmurHash3: arrivals that follow each other get weights that do not.
std::uint32_t weight_of(std::uint64_t arrival) {
    arrival ^= arrival >> 33U;
    arrival *= 0xff51afd7ed558ccdU;
    arrival ^= arrival >> 33U;
    arrival *= 0xc4ceb9fe1a85ec53U;
    return static_cast<std::uint32_t>(arrival >> 32U);
}

}  // namespace

LineTrees::Index LineTrees::add(const LinePlace& place, Slot slot, std::uint32_t demand_class) {
    Index node = free_;
    if (node != none) {
        free_ = links(of_class, node).left;
    } else {
        node = static_cast<Index>(nodes_.size());
        nodes_.emplace_back();
    }
    nodes_[node] = Node{};
    nodes_[node].place = place;
    nodes_[node].slot = slot;
    nodes_[node].demand_class = demand_class;
    nodes_[node].weight = weight_of(place.arrival);
    return node;
}

void LineTrees::remove(Index node) {
    links(of_class, node).left = free_;
    free_ = node;
}

void LineTrees::recount(Tree tree, Index node) {
    auto& of = links(tree, node);
    of.size = 1 + size(tree, of.left) + size(tree, of.right);
}

void LineTrees::split(Tree tree, Index root, const LinePlace& at, Index& before, Index& behind) {
    if (root == none) {
        before = behind = none;
        return;
    }
    auto& of = links(tree, root);
    if (nodes_[root].place < at) {
        before = root;
        split(tree, of.right, at, of.right, behind);
    } else {
        behind = root;
        split(tree, of.left, at, before, of.left);
    }
    recount(tree, root);
}

LineTrees::Index LineTrees::join(Tree tree, Index before, Index behind) {
    if (before == none) return behind;
    if (behind == none) return before;
    if (nodes_[before].weight >= nodes_[behind].weight) {
        links(tree, before).right = join(tree, links(tree, before).right, behind);
        recount(tree, before);
        return before;
    }
    links(tree, behind).left = join(tree, before, links(tree, behind).left);
    recount(tree, behind);
    return behind;
}

void LineTrees::link(Tree tree, Index& root, Index node) {
    const auto& place = nodes_[node].place;
    auto* at = &root;
    while (*at != none && nodes_[*at].weight >= nodes_[node].weight) {
        auto& of = links(tree, *at);
        ++of.size;
        at = place < nodes_[*at].place ? &of.left : &of.right;
    }
    auto& own = links(tree, node);
    split(tree, *at, place, own.left, own.right);
    recount(tree, node);
    *at = node;
}

void LineTrees::unlink(Tree tree, Index& root, Index node) {
    const auto& place = nodes_[node].place;
    auto* at = &root;
    while (*at != node) {
        auto& of = links(tree, *at);
        --of.size;
        at = place < nodes_[*at].place ? &of.left : &of.right;
    }
    *at = join(tree, links(tree, node).left, links(tree, node).right);
}

LineTrees::Index LineTrees::first(Tree tree, Index root) const {
    if (root == none) return none;
    while (nodes_[root].links_[tree].left != none) root = nodes_[root].links_[tree].left;
    return root;
}

std::uint32_t LineTrees::count_before(Tree tree, Index root, const LinePlace& place) const {
    std::uint32_t count = 0;
    while (root != none) {
        const auto& of = nodes_[root].links_[tree];
        if (nodes_[root].place < place) {
            count += size(tree, of.left) + 1;
            root = of.right;
        } else {
            root = of.left;
        }
    }
    return count;
}

void LineTrees::clear() {
    nodes_.clear();
    free_ = none;
}

}  // namespace usher::engine
