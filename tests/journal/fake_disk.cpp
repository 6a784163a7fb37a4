#include "tests/journal/fake_disk.h"

#include "base/expect.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace usher::journal::testing {
namespace {

using Kind = DirectoryEntry::Kind;

std::size_t pieces_of(std::size_t bytes) {
    return (bytes + FakeDisk::sector - 1) / FakeDisk::sector;
}

/// One sector of `bytes`, as if zeros followed its end.
std::vector<std::byte> sector_of(const std::vector<std::byte>& bytes, std::size_t number) {
    std::vector<std::byte> sector(FakeDisk::sector);
    const auto begin = std::min(bytes.size(), number * FakeDisk::sector);
    const auto end = std::min(bytes.size(), begin + FakeDisk::sector);
    std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
              bytes.begin() + static_cast<std::ptrdiff_t>(end), sector.begin());
    return sector;
}

}  // namespace

FakeDisk::FakeDisk() : root_(std::make_shared<Node>()) {
    root_->kind = Kind::directory;
    open_[root_fd] = {root_, false};
}

/// Counts a changing call; the errno with which it is to fail, or 0.
int FakeDisk::begin(Call call) {
    if (changing_calls_ >= stop_after_) return EIO;
    ++changing_calls_;
    const auto count = ++calls_[call];
    if (trouble_)
        if (const int error = trouble_(call); error != 0) return error;
    const auto failure = failures_.find(call);
    return failure != failures_.end() && failure->second.nth == count ? failure->second.error : 0;
}

bool FakeDisk::stopped() const {
    const std::scoped_lock lock(mutex_);
    return changing_calls_ >= stop_after_;
}

std::uint64_t FakeDisk::calls(Call call) const {
    const std::scoped_lock lock(mutex_);
    const auto at = calls_.find(call);
    return at == calls_.end() ? 0 : at->second;
}

std::size_t FakeDisk::open_descriptors() const {
    const std::scoped_lock lock(mutex_);
    return open_.size() - 1;
}

FakeDisk::NodePtr FakeDisk::node_of(int fd) const {
    const auto at = open_.find(fd);
    EXPECT(at != open_.end());  // a descriptor used after its close, or never opened
    return at->second.node;
}

std::pair<FakeDisk::NodePtr, std::string> FakeDisk::parent_of(const std::string& path) const {
    auto node = root_;
    std::string rest = path;
    for (auto slash = rest.find('/'); slash != std::string::npos; slash = rest.find('/')) {
        const auto at = node->names.find(rest.substr(0, slash));
        if (at == node->names.end()) return {nullptr, {}};
        node = at->second;
        rest = rest.substr(slash + 1);
    }
    return {node, rest};
}

FakeDisk::NodePtr FakeDisk::find(const std::string& path) const {
    if (path.empty()) return root_;
    const auto [parent, name] = parent_of(path);
    if (parent == nullptr) return nullptr;
    const auto at = parent->names.find(name);
    return at == parent->names.end() ? nullptr : at->second;
}

void FakeDisk::change(Node& directory, std::vector<NameChange> what) {
    for (const auto& one : what) {
        if (one.node == nullptr) {
            directory.names.erase(one.name);
        } else {
            directory.names[one.name] = one.node;
        }
    }
    directory.changes.push_back(std::move(what));
}

int FakeDisk::open(int directory, const std::string& name, OpenFor purpose) {
    const std::scoped_lock lock(mutex_);
    const auto parent = node_of(directory);
    const auto at = parent->names.find(name);
    auto node = at == parent->names.end() ? nullptr : at->second;
    if (node != nullptr && node->kind == Kind::other) return -ELOOP;
    if (purpose == OpenFor::creating) {
        if (const int error = begin(Call::open); error != 0) return -error;
        if (node == nullptr) {
            node = std::make_shared<Node>();
            change(*parent, {{name, node}});
        }
        node->now.clear();
    }
    if (node == nullptr) return -ENOENT;
    if ((purpose == OpenFor::directory) != (node->kind == Kind::directory)) {
        return purpose == OpenFor::directory ? -ENOTDIR : -EISDIR;
    }
    const int fd = next_fd_++;
    open_[fd] = {node, purpose == OpenFor::reading_device};
    return fd;
}

int FakeDisk::close(int fd) {
    const std::scoped_lock lock(mutex_);
    EXPECT(open_.erase(fd) == 1);
    return 0;
}

std::int64_t FakeDisk::read(int fd, std::span<std::byte> into, std::uint64_t offset) {
    const std::scoped_lock lock(mutex_);
    const auto node = node_of(fd);
    const bool device = open_.at(fd).device;
    if (device) {
        const auto address = reinterpret_cast<std::uintptr_t>(into.data());
        if (address % 4096 != 0 || into.size() % 4096 != 0 || offset % 4096 != 0) return -EINVAL;
    }
    // What the device never got of a file that has grown reads as zeros: its length is known.
    std::vector<std::byte> held;
    if (device && node->write_lost) {
        held = node->durable;
        held.resize(node->now.size());
    }
    const auto& bytes = device && node->write_lost ? held : node->now;
    if (offset >= bytes.size()) return 0;
    auto count = std::min<std::size_t>(into.size(), bytes.size() - offset);
    if (short_transfers_) {
        const auto draw = (*short_transfers_)();
        if (draw % 4 == 0) return -EINTR;
        if (draw % 4 == 1 && count > 4096) count = 4096;  // a device gives whole blocks
    }
    std::memcpy(into.data(), bytes.data() + offset, count);
    bytes_read_ += count;
    return static_cast<std::int64_t>(count);
}

std::int64_t FakeDisk::write(int fd, std::span<const std::byte> from, std::uint64_t offset) {
    const std::scoped_lock lock(mutex_);
    if (const int error = begin(Call::write); error != 0) return -error;
    if (short_transfers_) {
        const auto draw = (*short_transfers_)();
        if (draw % 4 == 0) return -EINTR;
        if (draw % 4 != 3) from = from.first(1 + (draw >> 8) % from.size());
    }
    const auto node = node_of(fd);
    if (const auto end = offset + from.size(); node->now.size() < end) {
        if (room_bytes_ != UINT64_MAX && bytes_in(*root_) + end - node->now.size() > room_bytes_)
            return -ENOSPC;
        node->now.resize(end);
    }
    std::memcpy(node->now.data() + offset, from.data(), from.size());
    return static_cast<std::int64_t>(from.size());
}

std::int64_t FakeDisk::size(int fd) {
    const std::scoped_lock lock(mutex_);
    return static_cast<std::int64_t>(node_of(fd)->now.size());
}

int FakeDisk::truncate(int fd, std::uint64_t size) {
    const std::scoped_lock lock(mutex_);
    if (const int error = begin(Call::truncate); error != 0) return -error;
    node_of(fd)->now.resize(size);
    return 0;
}

int FakeDisk::sync_node(int fd, Call call) {
    const std::scoped_lock lock(mutex_);
    const bool stopped_before = changing_calls_ >= stop_after_;
    const int error = begin(call);
    const auto node = node_of(fd);
    if (stopped_before) return -error;
    if (error != 0) {
        // As Linux does it: the pages count as clean from now on, and the next sync succeeds.
        node->write_lost = true;
        return -error;
    }
    if (node->kind == Kind::directory) {
        node->durable_names = node->names;
        node->changes.clear();
    } else if (!lying_sync_ && !node->write_lost) {
        node->durable = node->now;
    }
    return 0;
}

int FakeDisk::sync_contents(int fd) {
    return sync_node(fd, Call::sync_contents);
}

int FakeDisk::sync(int fd) {
    return sync_node(fd, Call::sync);
}

void FakeDisk::drop_cached(int fd) {
    const std::scoped_lock lock(mutex_);
    const auto node = node_of(fd);
    ++dropped_.files;
    if (node->now != node->durable) ++dropped_.unsynced;
}

FakeDisk::Dropped FakeDisk::dropped() const {
    const std::scoped_lock lock(mutex_);
    return dropped_;
}

int FakeDisk::rename(int directory, const std::string& from, const std::string& to) {
    const std::scoped_lock lock(mutex_);
    if (const int error = begin(Call::rename); error != 0) return -error;
    const auto parent = node_of(directory);
    const auto at = parent->names.find(from);
    if (at == parent->names.end()) return -ENOENT;
    change(*parent, {{to, at->second}, {from, nullptr}});
    return 0;
}

int FakeDisk::remove(int directory, const std::string& name) {
    const std::scoped_lock lock(mutex_);
    if (const int error = begin(Call::remove); error != 0) return -error;
    const auto parent = node_of(directory);
    if (parent->names.find(name) == parent->names.end()) return -ENOENT;
    change(*parent, {{name, nullptr}});
    return 0;
}

int FakeDisk::make_directory(int directory, const std::string& name) {
    const std::scoped_lock lock(mutex_);
    if (const int error = begin(Call::open); error != 0) return -error;
    const auto parent = node_of(directory);
    if (parent->names.find(name) != parent->names.end()) return -EEXIST;
    auto node = std::make_shared<Node>();
    node->kind = Kind::directory;
    change(*parent, {{name, node}});
    return 0;
}

int FakeDisk::list(int directory, std::vector<DirectoryEntry>& out) {
    const std::scoped_lock lock(mutex_);
    out.clear();
    for (const auto& [name, node] : node_of(directory)->names) out.push_back({name, node->kind});
    return 0;
}

std::vector<std::byte> FakeDisk::surviving_bytes(const Node& node, const Node* other,
                                                 const Fates& fates) {
    if (node.write_lost || node.now == node.durable) return node.durable;
    auto bytes = node.durable;
    // The new length is one more thing that may or may not have arrived.
    if (node.now.size() != node.durable.size() && fates() != Fate::lost) {
        bytes.resize(node.now.size());
    }
    for (std::size_t n = 0; n < pieces_of(std::max(node.now.size(), bytes.size())); ++n) {
        const auto before = sector_of(node.durable, n);
        auto after = sector_of(node.now, n);
        if (before == after) continue;
        switch (fates()) {
            case Fate::kept:
                break;
            case Fate::lost:
                after = before;
                break;
            case Fate::torn:
                std::copy(before.begin() + sector / 2, before.end(), after.begin() + sector / 2);
                break;
            case Fate::stale:
                after = other == nullptr ? before : sector_of(other->durable, n);
                break;
            case Fate::garbage:
                for (std::size_t i = 0; i < sector; ++i) {
                    after[i] ^= static_cast<std::byte>(i * 37 + 11);
                }
                break;
        }
        for (std::size_t i = 0; i < sector && n * sector + i < bytes.size(); ++i) {
            bytes[n * sector + i] = after[i];
        }
    }
    return bytes;
}

FakeDisk::NodePtr FakeDisk::surviving(const NodePtr& node, const Fates& fates,
                                      Copies& copies) const {
    if (const auto at = copies.find(node.get()); at != copies.end()) return at->second;
    auto copy = std::make_shared<Node>();
    copies[node.get()] = copy;
    copy->kind = node->kind;
    if (node->kind != Kind::directory) {
        copy->now = copy->durable = surviving_bytes(*node, nullptr, fates);
        return copy;
    }
    // Changes of names reach a journaling file system in order: some first ones, or all.
    auto names = node->durable_names;
    for (const auto& change : node->changes) {
        if (fates() == Fate::lost) break;
        for (const auto& one : change) {
            if (one.node == nullptr) {
                names.erase(one.name);
            } else {
                names[one.name] = one.node;
            }
        }
    }
    const Node* before = nullptr;
    for (const auto& [name, child] : names) {
        auto& survivor = copy->names[name];
        if (child->kind == Kind::file && !copies.contains(child.get())) {
            survivor = copies[child.get()] = std::make_shared<Node>();
            survivor->now = survivor->durable = surviving_bytes(*child, before, fates);
            before = child.get();
        } else {
            survivor = surviving(child, fates, copies);
        }
    }
    copy->durable_names = copy->names;
    return copy;
}

FakeDisk::NodePtr FakeDisk::copied(const NodePtr& node, Copies& copies) const {
    if (node == nullptr) return nullptr;
    if (const auto at = copies.find(node.get()); at != copies.end()) return at->second;
    auto copy = std::make_shared<Node>(*node);
    copies[node.get()] = copy;
    for (auto& [name, child] : copy->names) child = copied(child, copies);
    for (auto& [name, child] : copy->durable_names) child = copied(child, copies);
    for (auto& change : copy->changes) {
        for (auto& one : change) one.node = copied(one.node, copies);
    }
    return copy;
}

std::unique_ptr<FakeDisk> FakeDisk::after_power_cut(const Fates& fates) const {
    const std::scoped_lock lock(mutex_);
    auto disk = std::make_unique<FakeDisk>();
    Copies copies;
    disk->root_ = surviving(root_, fates, copies);
    disk->open_[root_fd] = {disk->root_, false};
    return disk;
}

std::unique_ptr<FakeDisk> FakeDisk::after_kill() const {
    const std::scoped_lock lock(mutex_);
    auto disk = std::make_unique<FakeDisk>();
    Copies copies;
    disk->root_ = copied(root_, copies);
    disk->open_[root_fd] = {disk->root_, false};
    return disk;
}

std::size_t FakeDisk::unsynced() const {
    std::size_t asked = 0;
    after_power_cut([&] {
        ++asked;
        return Fate::kept;
    });
    return asked;
}

}  // namespace usher::journal::testing
