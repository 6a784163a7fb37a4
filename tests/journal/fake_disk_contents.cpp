// What tests look at and put on the fake disk past its calls.

#include "base/expect.h"
#include "tests/journal/fake_disk.h"

#include <functional>

namespace usher::journal::testing {
namespace {

using Kind = DirectoryEntry::Kind;

}  // namespace

std::vector<std::byte>& FakeDisk::contents(const std::string& path) {
    const std::scoped_lock lock(mutex_);
    const auto node = find(path);
    EXPECT(node != nullptr && node->kind == Kind::file);
    return node->now;
}

bool FakeDisk::exists(const std::string& path) const {
    const std::scoped_lock lock(mutex_);
    return find(path) != nullptr;
}

void FakeDisk::put(const std::string& path, std::vector<std::byte> bytes) {
    const std::scoped_lock lock(mutex_);
    const auto [parent, name] = parent_of(path);
    auto node = std::make_shared<Node>();
    node->now = node->durable = std::move(bytes);
    parent->names[name] = parent->durable_names[name] = node;
}

void FakeDisk::put_directory(const std::string& path) {
    const std::scoped_lock lock(mutex_);
    const auto [parent, name] = parent_of(path);
    auto node = std::make_shared<Node>();
    node->kind = Kind::directory;
    parent->names[name] = parent->durable_names[name] = node;
}

void FakeDisk::put_link(const std::string& path) {
    const std::scoped_lock lock(mutex_);
    const auto [parent, name] = parent_of(path);
    auto node = std::make_shared<Node>();
    node->kind = Kind::other;
    parent->names[name] = parent->durable_names[name] = node;
}

void FakeDisk::erase(const std::string& path) {
    const std::scoped_lock lock(mutex_);
    const auto [parent, name] = parent_of(path);
    parent->names.erase(name);
    parent->durable_names.erase(name);
}

std::vector<std::string> FakeDisk::names(const std::string& directory) const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> out;
    for (const auto& [name, node] : find(directory)->names) out.push_back(name);
    return out;
}

std::map<std::string, std::vector<std::byte>> FakeDisk::everything() const {
    const std::scoped_lock lock(mutex_);
    std::map<std::string, std::vector<std::byte>> all;
    const std::function<void(const Node&, const std::string&)> walk = [&](const Node& node,
                                                                          const std::string& path) {
        for (const auto& [name, child] : node.names) {
            all[path + name] = child->now;
            walk(*child, path + name + "/");
        }
    };
    walk(*root_, "");
    return all;
}

void FakeDisk::settle() {
    const std::scoped_lock lock(mutex_);
    const std::function<void(Node&)> walk = [&](Node& node) {
        node.durable = node.now;
        node.durable_names = node.names;
        node.changes.clear();
        node.write_lost = false;
        for (auto& [name, child] : node.names) walk(*child);
    };
    walk(*root_);
    changing_calls_ = 0;
    calls_.clear();
}

std::uint64_t FakeDisk::bytes_in(const Node& node) {
    std::uint64_t bytes = node.now.size();
    for (const auto& [name, child] : node.names) bytes += bytes_in(*child);
    return bytes;
}

std::uint64_t FakeDisk::used() const {
    const std::scoped_lock lock(mutex_);
    return bytes_in(*root_);
}

void FakeDisk::flip(const std::string& path, std::size_t offset, std::byte bits) {
    const std::scoped_lock lock(mutex_);
    const auto node = find(path);
    EXPECT(node != nullptr && offset < node->now.size());
    node->now[offset] ^= bits;
    if (offset < node->durable.size()) node->durable[offset] ^= bits;
}

void FakeDisk::settle(const std::string& path) {
    const std::scoped_lock lock(mutex_);
    const auto node = find(path);
    EXPECT(node != nullptr);
    node->durable = node->now;
}

}  // namespace usher::journal::testing
