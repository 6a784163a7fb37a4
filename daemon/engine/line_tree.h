// The order of tickets that wait (rule 38) as balanced trees over one block of nodes. A node stands
// in two trees at once: that of its demand class, and that of its inbox, which tells positions. A
// tree is known by its root; to link, unlink or count costs the logarithm of its size. Nodes are
// used again, so a line that has had its greatest length allocates nothing.
//
// The trees are treaps: a node's weight is mixed from its ticket's arrival, so the shape follows
// from the content alone. No answer depends on the shape.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <vector>

#include "base/instant.h"
#include "engine/ticket.h"

namespace usher::engine {

/// Where a ticket stands among those that wait: the higher priority, then the older, then the one
/// that came first. The smallest is next.
struct LinePlace {
    std::uint8_t priority = 0;
    Instant created;
    std::uint64_t arrival = 0;

    static LinePlace of(const Ticket& ticket) {
        return {ticket.priority, ticket.created, ticket.arrival};
    }
    friend bool operator==(const LinePlace&, const LinePlace&) = default;
    friend std::strong_ordering operator<=>(const LinePlace& a, const LinePlace& b) {
        if (a.priority != b.priority) return b.priority <=> a.priority;
        if (a.created != b.created) return a.created <=> b.created;
        return a.arrival <=> b.arrival;
    }
};

class LineTrees {
  public:
    using Index = std::uint32_t;
    static constexpr Index none = 0xffff'ffff;
    enum Tree : std::uint8_t { of_class = 0, of_inbox = 1 };

    struct Node {
        LinePlace place;
        Slot slot = no_slot;
        std::uint32_t demand_class = none;
        std::uint32_t weight = 0;

      private:
        friend class LineTrees;
        struct Links {
            Index left = none;
            Index right = none;
            std::uint32_t size = 1;
        };
        std::array<Links, 2> links_;
    };

    const Node& operator[](Index node) const { return nodes_[node]; }

    /// A node that is in no tree yet.
    Index add(const LinePlace& place, Slot slot, std::uint32_t demand_class);
    /// Of a node that is in no tree any more.
    void remove(Index node);

    void link(Tree tree, Index& root, Index node);
    void unlink(Tree tree, Index& root, Index node);

    /// The first node of the tree; none if it is empty.
    Index first(Tree tree, Index root) const;
    /// How many nodes of the tree stand before `place`.
    std::uint32_t count_before(Tree tree, Index root, const LinePlace& place) const;

    /// Calls visit(node) for each node, the first first. The tree must not change meanwhile.
    template <class Visit>
    void for_each(Tree tree, Index root, Visit visit) const {
        if (root == none) return;
        for_each(tree, nodes_[root].links_[tree].left, visit);
        visit(nodes_[root]);
        for_each(tree, nodes_[root].links_[tree].right, visit);
    }

    void clear();
    std::size_t bytes() const { return nodes_.capacity() * sizeof(Node); }

  private:
    Node::Links& links(Tree tree, Index node) { return nodes_[node].links_[tree]; }
    std::uint32_t size(Tree tree, Index node) const {
        return node == none ? 0 : nodes_[node].links_[tree].size;
    }
    void recount(Tree tree, Index node);
    void split(Tree tree, Index root, const LinePlace& at, Index& before, Index& behind);
    Index join(Tree tree, Index before, Index behind);

    std::vector<Node> nodes_;
    Index free_ = none;  // linked by links[0].left
};

}  // namespace usher::engine
