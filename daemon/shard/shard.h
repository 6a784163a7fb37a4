// A shard: a set of accounts, their journal, and the answers that wait for the disk. One thread
// owns it and calls everything below; nothing here locks or waits for anybody else.
//
// The life of a request here: submit() stamps the instant, lets the engine decide and apply (its
// facts go to the journal's open batch), encodes the answer into the outbox. commit(), called at
// the end of every turn of the owner's loop, makes the batch as safe as the mode promises and
// delivers what that releases. A fault of commit() is final: the owner exits with its code, and
// nothing that waited is ever answered.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "engine/engine.h"
#include "journal/writer.h"
#include "protocol/answer.h"
#include "protocol/encode.h"
#include "protocol/parse.h"
#include "protocol/request.h"
#include "shard/followers.h"
#include "shard/journal_log.h"
#include "shard/outbox.h"
#include "shard/port.h"
#include "shard/snapshots.h"
#include "shard/stages.h"

namespace usher::shard {

enum class Durability : std::uint8_t { memory, written, synced };
enum class ClockMode : std::uint8_t { wall, trace };

struct ShardOptions {
    std::uint32_t number = 0;
    journal::Disk* disk = &journal::posix_disk();  ///< where the directory is; not owned
    int directory_fd = -1;                         ///< of shard-NN in the data directory; not owned
    std::string directory_name;                    ///< of the same, for messages
    Durability durability = Durability::synced;
    ClockMode clock = ClockMode::wall;
    std::uint64_t instance_high = 0;  ///< the data directory's UUID, in the journal's header
    std::uint64_t instance_low = 0;
    bool flusher = false;  ///< sync on a thread of its own (a core to spare)
    std::uint32_t unflushed_bytes_max = 8 * 1024 * 1024;  ///< more wait for the disk: `overloaded`
    std::uint32_t tickets_reserve = 0;  ///< index of each account sized ahead for so many
    /// Tickets of one account that a turn gives out of its waiting line; then others have theirs.
    std::uint32_t slice_max = 256;
    FollowPace follow_pace{};
    SnapshotPlan snapshots{};    ///< while work goes on; a clean end writes one in any case
    journal::Options journal{};  ///< sizes of segments and batches; the rest follows from this
    bool threads = true;         ///< false: everything is done on the owner's own
};

/// The roster that a connection has sent in parts.
struct RosterText {
    struct File {
        std::string name;
        std::string text;
    };
    std::vector<File> files;
};

class Shard {
  public:
    /// Recovers what the directory holds, or begins anew in an empty one. Lines for the log (a torn
    /// tail, odd files) go to `notes`.
    static Result<std::unique_ptr<Shard>> open(const ShardOptions& options,
                                               std::vector<std::string>& notes);
    ~Shard();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    /// Carries out one request whose account lives here. The request's views need to live only
    /// for the call. `correlation` comes back in the reply frame. `now` is the wall clock's
    /// reading; under the trace clock the request's own `at` counts instead.
    void submit(const protocol::Request& request, std::uint64_t correlation, Origin origin,
                Instant now);

    /// A request that will be submitted soon: the memory that it needs is fetched meanwhile, in two
    /// steps.
    void prefetch(const protocol::Request& request) { engine_.prefetch(request); }
    void prefetch_ticket(const protocol::Request& request) { engine_.prefetch_ticket(request); }

    /// As submit(), for an ApplyCommit and the text that came before it.
    void submit_roster(const protocol::Request& commit, const RosterText& text,
                       std::uint64_t correlation, Origin origin, Instant now);

    /// Ends a turn: writes and (if the mode says so) syncs, then delivers. `stages`: of a request
    /// that waits for it, or null.
    Result<void> commit(Outlet& outlet, Stages* stages = nullptr);

    /// Whether there is something to come back for: answers that wait for the flusher, what
    /// followers are told of, a long waiting line to be given out, a snapshot that is being taken.
    /// The end of the first two's work is announced through `wake` (any thread); commit() then
    /// delivers.
    bool answers_wait() const {
        return !outbox_.empty() || followers_.has_work() || is_draining() || snapshots_.is_taking();
    }
    /// A turn was too short for all that followers can be told, for a waiting line or a snapshot:
    /// do not sleep.
    bool has_more() const {
        return followers_.has_more() || is_draining() || snapshots_.has_more();
    }
    /// Whether an account gives out a long waiting line: commit() goes on with it.
    bool is_draining() const { return !draining_.empty(); }
    /// When commit() is to be called though nothing has come: followers pause until then.
    std::optional<Followers::Clock::time_point> pause_ends() const {
        return followers_.pause_ends();
    }
    void on_flushed(void (*wake)(void*), void* argument);

    /// What time alone brings (edges, forgetting); wall clock only, about once a second.
    void tick(Instant now);

    /// About every half second, under any clock: followers have waited long enough; a disk that was
    /// full may have room again.
    void tick_followers() {
        followers_.tick();
        if (writer_) writer_->look_for_room();
    }
    /// The daemon is about to end: nobody waits any more.
    void stop_followers() { followers_.stop(); }

    /// Lines for `status`: counts, sequence, durable sequence, digest, bytes.
    void status(std::vector<protocol::StatusEntry>& out) const;

    /// Commits, waits for the disk, delivers, writes a snapshot and seals the journal.
    Result<void> close(Outlet& outlet);

    std::uint32_t number() const { return options_.number; }
    const engine::Engine& engine() const { return engine_; }
    SnapshotsSeen snapshots() const { return snapshots_.seen(); }
    std::uint64_t last_seq() const { return log_.last_seq(); }
    /// The latest instant that it has taken, or found in what it has kept.
    Instant state_time() const { return now_; }

  private:
    /// Where an answer goes, and the text that came before a commit.
    struct Asked {
        Origin origin;
        std::uint64_t correlation = 0;
        const RosterText* roster = nullptr;
    };
    struct Delayed {
        Asked asked;
        std::vector<std::byte> payload;
        std::unique_ptr<RosterText> roster;

        std::size_t bytes() const;
    };
    /// An account that gives out a long waiting line, and what has come for it meanwhile.
    struct Draining {
        std::string account;
        std::optional<Asked> owed{};  ///< a request that is carried out, but for the rest of it
        std::deque<Delayed> delayed{};
    };

    Shard(const ShardOptions& options, std::uint64_t hash_seed);

    Result<void> make_safe(Stages* stages);
    Result<void> recover(std::vector<std::string>& notes);
    Result<void> open_journal(const journal::Recovered& recovered);
    /// The instant that counts, or false after a refusal.
    bool stamp(const protocol::Request& request, Instant& out);
    bool stamp_roster(const protocol::Request& commit, Instant& out);
    bool is_overloaded();
    bool lacks_room_for(const protocol::Request& request);
    /// Carries the request out, or keeps it until its account has given out what waits.
    void take(const Asked& asked, const protocol::Request& request);
    engine::Progress carry_out(const Asked& asked, const protocol::Request& request);
    Draining* draining(std::string_view account);
    void delay(Draining& until, const Asked& asked, const protocol::Request& request);
    /// One slice of every account that is draining.
    void drain_on();
    /// True: it is done, and all that came for it meanwhile.
    bool drain_on(Draining& of);
    void reply(const Asked& to);
    std::uint64_t safe_seq() const;
    journal::Identity identity() const;
    static void wake_owner(void* shard);

    ShardOptions options_;
    engine::Engine engine_;
    std::unique_ptr<journal::Writer> writer_;  ///< none in `memory`
    Followers followers_{engine_, options_.follow_pace};
    JournalLog log_{followers_};
    Outbox outbox_;
    protocol::Answer answer_;
    protocol::ReplyWriter reply_writer_;
    protocol::RequestWriter request_writer_;  ///< of delayed requests
    protocol::RequestParser request_parser_;
    std::list<Draining> draining_;
    std::size_t delayed_bytes_ = 0;  ///< of all that is delayed; bounded as the outbox is
    Snapshots snapshots_;
    Instant now_{0};  ///< the shard's time: never runs back
    std::uint64_t replayed_facts_ = 0;
    Result<void> early_write_;  ///< of a batch that grew too long within a turn
    std::atomic<void (*)(void*)> wake_{nullptr};
    std::atomic<void*> wake_argument_{nullptr};
};

}  // namespace usher::shard
