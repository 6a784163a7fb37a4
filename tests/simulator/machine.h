// A machine with a disk on which a shard lives and dies. It knows what a shard has promised (which
// sequence had left in an answer, which was on the device) and what its state was at the end of
// each batch, and holds every recovery against that.
//
// A broken promise is thrown: Broken says what is wrong. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "shard/shard.h"
#include "tests/journal/fake_disk.h"
#include "tests/simulator/forgetful_disk.h"
#include "tests/simulator/reached.h"
#include "tests/simulator/swarm.h"
#include "tests/simulator/trace.h"

namespace usher::simulator {

using journal::testing::FakeDisk;

/// Something does not hold that must.
struct Broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// How a life of the shard ended.
enum class End : std::uint8_t { killed, power_cut, closed };

class Machine {
  public:
    Machine(const Swarm& swarm, Random& random, Reached& reached, Trace& trace);
    ~Machine();

    bool is_up() const { return shard_ != nullptr; }
    shard::Shard& shard() { return *shard_; }
    FakeDisk& disk() { return *disk_; }
    bool has_stopped() const { return disk_->stopped(); }
    std::uint64_t lives() const { return lives_; }
    /// A power cut in `written` has taken what answers had told.
    bool suffix_was_lost() const { return suffix_was_lost_; }

    /// The shard ends its turn. If the disk fails it, the process is over.
    void end_turn(shard::Outlet& outlet);
    /// Ended on purpose, with a snapshot; or the process is over before.
    void close(shard::Outlet& outlet);
    void kill();
    void cut_power();

    /// Starts the shard on what is left. Nothing: it may not start yet, and has a right to refuse.
    /// Else the sequence that it has recovered.
    std::optional<std::uint64_t> start();

    // Faults.
    void stop_soon();
    void fail_a_call();
    void fail_for_long();
    void fill_disk();
    void lie();
    void repair();

    /// An answer that depends on `seq` has left.
    void released(std::uint64_t seq);

  private:
    /// The state at the end of a batch.
    struct Boundary {
        std::string digest;
    };
    struct Flip {
        std::string file;
        std::size_t offset = 0;
        std::byte bits{};
        std::byte flipped{};
    };

    void died(bool machine_too);
    void outlive_the_lie(bool machine_too);
    void note_boundary();
    void note_snapshot(const shard::SnapshotsSeen& before, bool sync_failed);
    journal::testing::Fate draw_fate();
    shard::ShardOptions options();
    void make_trouble();
    std::optional<Flip> maybe_flip();
    void undo(const Flip& flip, bool started);
    bool has_excuse() const;
    void note_ways(const std::vector<std::string>& notes);
    std::optional<std::uint64_t> could_not_start(const Fault& error, bool flipped);
    void check_recovery(std::uint64_t seq);
    void check_indexes();
    void check_notes(const std::vector<std::string>& notes);
    std::uint64_t must_survive() const;

    const Swarm& swarm_;
    Random& random_;
    Reached& reached_;
    Trace& trace_;
    std::unique_ptr<FakeDisk> disk_;
    std::uint64_t syncs_ever_ = 0;
    std::unique_ptr<ForgetfulDisk> front_;
    std::unique_ptr<shard::Shard> shard_;
    End last_end_ = End::closed;
    std::uint64_t lives_ = 0;

    std::map<std::uint64_t, Boundary> boundaries_;
    std::uint64_t released_seq_ = 0;  ///< the highest that an answer depended on
    std::uint64_t synced_seq_ = 0;    ///< on the device for certain
    std::uint64_t last_boundary_ = 0;
    std::uint64_t syncs_seen_ = 0;
    bool suffix_was_lost_ = false;

    bool watermark_is_exact_ = false;
    bool full_ = false;
    bool lying_ = false;               ///< since a moment ago, or when the power went
    bool has_scars_ = false;           ///< a lie has left damage that recovery survives
    std::unique_ptr<FakeDisk> spare_;  ///< what a disk that lied should have had
    std::uint64_t troubles_ = 0;       ///< calls that were made to fail in this life
    std::uint64_t failed_syncs_ = 0;   ///< likewise
    bool cache_lost_ = false;          ///< a failed sync has dropped what was only in memory
    std::uint64_t trouble_in_ = 0;     ///< calls until one fails; 0: none will
    int trouble_error_ = 0;
    bool trouble_lasts_ = false;
};

}  // namespace usher::simulator
