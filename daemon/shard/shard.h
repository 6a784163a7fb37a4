// A shard: a set of accounts, their journal, and the answers that wait for the disk. One thread
// owns it and calls everything below; nothing here locks or waits for anybody else.
//
// The life of a request here: submit() stamps the instant, lets the engine decide and apply (its
// facts go to the journal's open batch), encodes the answer into the outbox. commit(), called at
// the end of every turn of the owner's loop, makes the batch as safe as the mode promises and
// delivers what that releases. A fault of commit() is final: the owner exits with its code, and
// nothing that waited is ever answered.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "protocol/answer.h"
#include "protocol/request.h"
#include "shard/port.h"

namespace usher::shard {

enum class Durability : std::uint8_t { memory, written, synced };
enum class ClockMode : std::uint8_t { wall, trace };

struct ShardOptions {
    std::uint32_t number = 0;
    int directory_fd = -1;                          ///< of shard-NN in the data directory; not owned
    std::string directory_name;                     ///< of the same, for messages
    Durability durability = Durability::synced;
    ClockMode clock = ClockMode::wall;
    std::uint64_t instance_high = 0;                ///< the data directory's UUID, in the journal's header
    std::uint64_t instance_low = 0;
    bool flusher = false;                           ///< sync on a thread of its own (a core to spare)
    std::uint32_t unflushed_bytes_max = 8 * 1024 * 1024;   ///< more: `overloaded`
    std::uint32_t tickets_reserve = 0;              ///< index of each account sized ahead for so many
};

class Shard {
  public:
    /// Recovers what the directory holds, or begins anew in an empty one.
    static Result<std::unique_ptr<Shard>> open(const ShardOptions& options);
    virtual ~Shard() = default;

    /// Carries out one request whose account lives here. The request's views need to live only
    /// for the call. `correlation` comes back in the reply frame. `now` is the wall clock's
    /// reading; under the trace clock the request's own `at` counts instead.
    virtual void submit(const protocol::Request& request, std::uint64_t correlation, Origin origin,
                        Instant now) = 0;

    /// The roster that a connection has sent in parts; as submit().
    struct RosterText {
        struct File {
            std::string name;
            std::string text;
        };
        std::vector<File> files;
    };
    virtual void submit_roster(const protocol::Request& commit, const RosterText& text,
                               std::uint64_t correlation, Origin origin, Instant now) = 0;

    /// Ends a turn: writes and (if the mode says so) syncs, then delivers.
    virtual Result<void> commit(Outlet& outlet) = 0;

    /// With a flusher: whether answers still wait for it. Its end of work is announced through
    /// `wake` (any thread); commit() then delivers.
    virtual bool answers_wait() const = 0;
    virtual void on_flushed(void (*wake)(void*), void* argument) = 0;

    /// What time alone brings (edges, forgetting); wall clock only, about once a second.
    virtual void tick(Instant now) = 0;

    /// Lines for `status`: counts, sequence, durable sequence, digest, bytes.
    virtual void status(std::vector<protocol::StatusEntry>& out) const = 0;

    /// Commits, waits for the disk, delivers, writes a snapshot and seals the journal.
    virtual Result<void> close(Outlet& outlet) = 0;
};

}  // namespace usher::shard
