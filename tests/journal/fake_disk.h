// A disk in memory that remembers what was synced. A power cut keeps that, and of everything else
// whatever the test decides, sector by sector and name by name; a kill keeps all. It can fail any
// call, write in short pieces, and lie about its syncs. Any thread may call.
#pragma once

#include "journal/disk.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace usher::journal::testing {

/// What becomes of an unsynced sector (or name) in a power cut.
/// `stale`: what another file of the directory has in the same place, as if its blocks had been
/// used again.
enum class Fate : std::uint8_t { kept, lost, torn, garbage, stale };
using Fates = std::function<Fate()>;

enum class Call : std::uint8_t { open, write, truncate, sync_contents, sync, rename, remove };
/// What a call is to fail with: an errno, or 0.
using Trouble = std::function<int(Call)>;

class FakeDisk final : public Disk {
  public:
    static constexpr std::size_t sector = 512;

    FakeDisk();

    int root() const { return root_fd; }

    // What tests do to it.

    /// The same disk after the power was cut now; everything open is gone. Asks `fates` for each
    /// unsynced sector and name, in an order that depends on nothing but the history.
    std::unique_ptr<FakeDisk> after_power_cut(const Fates& fates) const;
    /// The same disk after the program was killed now.
    std::unique_ptr<FakeDisk> after_kill() const;
    /// How often a power cut now would ask.
    std::size_t unsynced() const;

    /// After so many changing calls, every call fails: the machine has stopped.
    void stop_after(std::uint64_t calls) { stop_after_ = calls; }
    bool stopped() const;
    std::uint64_t changing_calls() const { return changing_calls_; }
    /// The n-th (from 1) call of this kind fails with `error`; a failed sync loses what was
    /// written.
    void fail(Call call, std::uint64_t nth, int error) { failures_[call] = {nth, error}; }
    std::uint64_t calls(Call call) const;
    std::uint64_t bytes_read() const { return bytes_read_; }
    /// Writes and reads come in pieces of random length, and are interrupted.
    void set_short_transfers(std::uint64_t seed) { short_transfers_.emplace(seed); }
    /// Every sync of a file says that it went well and does nothing.
    void set_lying_sync(bool lies = true) { lying_sync_ = lies; }
    /// Asked at each changing call; must not call the disk.
    void set_trouble(Trouble trouble) { trouble_ = std::move(trouble); }
    /// No file may grow once all together have so many bytes: ENOSPC.
    void set_room(std::uint64_t bytes) {
        const std::scoped_lock lock(mutex_);
        room_bytes_ = bytes;
    }
    std::uint64_t used() const;

    /// The file's bytes as they are now. The file must exist. "a/b" goes down.
    std::vector<std::byte>& contents(const std::string& path);
    bool exists(const std::string& path) const;
    void put(const std::string& path, std::vector<std::byte> bytes);  ///< makes it, durably
    void put_directory(const std::string& path);
    void put_link(const std::string& path);  ///< a symbolic one
    void erase(const std::string& path);
    /// Bits change, on the device and wherever else the byte is.
    void flip(const std::string& path, std::size_t offset, std::byte bits);
    /// What is written to this file has reached the device.
    void settle(const std::string& path);
    std::vector<std::string> names(const std::string& directory) const;
    /// Everything there is, to compare: nothing may have been touched.
    std::map<std::string, std::vector<std::byte>> everything() const;
    /// Makes all durable and forgets the calls so far.
    void settle();
    std::size_t open_descriptors() const;
    /// Files whose pages were given up, and how many of them still had something to be synced.
    struct Dropped {
        std::uint64_t files = 0;
        std::uint64_t unsynced = 0;
    };
    Dropped dropped() const;

    // The disk.
    int open(int directory, const std::string& name, OpenFor purpose) override;
    int close(int fd) override;
    std::int64_t read(int fd, std::span<std::byte> into, std::uint64_t offset) override;
    std::int64_t write(int fd, std::span<const std::byte> from, std::uint64_t offset) override;
    std::int64_t size(int fd) override;
    int truncate(int fd, std::uint64_t size) override;
    int sync_contents(int fd) override;
    int sync(int fd) override;
    void drop_cached(int fd) override;
    int rename(int directory, const std::string& from, const std::string& to) override;
    int remove(int directory, const std::string& name) override;
    int make_directory(int directory, const std::string& name) override;
    int list(int directory, std::vector<DirectoryEntry>& out) override;

  private:
    static constexpr int root_fd = 3;

    struct Node;
    using NodePtr = std::shared_ptr<Node>;
    struct NameChange {
        std::string name;
        NodePtr node;  ///< null: removed
    };
    struct Node {
        DirectoryEntry::Kind kind = DirectoryEntry::Kind::file;
        std::vector<std::byte> now;      ///< as programs see it
        std::vector<std::byte> durable;  ///< as the device holds it
        bool write_lost = false;         ///< a sync failed: `now` is what the cache pretends
        std::map<std::string, NodePtr> names;
        std::map<std::string, NodePtr> durable_names;
        /// Since the last sync of the directory; a rename is one change of two names.
        std::vector<std::vector<NameChange>> changes;
    };
    struct Open {
        NodePtr node;
        bool device = false;
    };
    struct Failure {
        std::uint64_t nth = 0;
        int error = 0;
    };
    using Copies = std::map<const Node*, NodePtr>;

    int begin(Call call);
    NodePtr node_of(int fd) const;
    NodePtr find(const std::string& path) const;
    std::pair<NodePtr, std::string> parent_of(const std::string& path) const;
    int sync_node(int fd, Call call);
    static void change(Node& directory, std::vector<NameChange> what);
    NodePtr surviving(const NodePtr& node, const Fates& fates, Copies& copies) const;
    NodePtr copied(const NodePtr& node, Copies& copies) const;
    static std::vector<std::byte> surviving_bytes(const Node& node, const Node* other,
                                                  const Fates& fates);
    static std::uint64_t bytes_in(const Node& node);

    mutable std::mutex mutex_;
    NodePtr root_;
    std::map<int, Open> open_;
    int next_fd_ = root_fd + 1;
    std::uint64_t changing_calls_ = 0;
    std::uint64_t bytes_read_ = 0;
    Dropped dropped_;
    std::uint64_t stop_after_ = UINT64_MAX;
    std::map<Call, Failure> failures_;
    std::map<Call, std::uint64_t> calls_;
    std::optional<std::mt19937_64> short_transfers_;
    bool lying_sync_ = false;
    Trouble trouble_;
    std::uint64_t room_bytes_ = UINT64_MAX;
};

}  // namespace usher::journal::testing
