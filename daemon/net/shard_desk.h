// The daemon's desk: from verified frames to the shards and back. An account lives on one shard for
// ever (XXH3 of its key modulo the number of shards), shard i on core i modulo the number of cores.
// A request for a shard of this core is carried out at once; the others travel in one message a
// turn to the core that owns theirs, and the answers come back the same way. hello, ping, status
// and the parts of a roster are answered here.
//
// One desk a core, on its thread. What desks share is in Office.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/clock_board.h"
#include "net/counters.h"
#include "net/desk.h"
#include "net/desk_clock.h"
#include "net/limits.h"
#include "net/mailbox.h"
#include "net/roster_stages.h"
#include "net/status_gathering.h"
#include "protocol/encode.h"
#include "protocol/parse.h"
#include "shard/shard.h"

namespace usher::net {

/// What the desks of a daemon share; set up before the first of them runs.
struct Office {
    explicit Office(const Limits& given) : limits(given) {}

    const Limits& limits;
    std::uint32_t shards = 1;
    bool wall_clock = true;       ///< else only requests move time
    Instant latest_state_time{};  ///< of all shards, as they were recovered
    ClockBoard clocks{};
    protocol::HelloView greeting{};
    struct CoreEndpoint {
        std::string tcp;    ///< "127.0.0.1:40001"; empty: none
        std::string local;  ///< "unix:PATH"; likewise
    };
    std::vector<CoreEndpoint> core_endpoints{};  ///< by core; empty: cores have none of their own
    std::vector<std::unique_ptr<Mailbox>> mailboxes;                        ///< by core
    std::function<void(std::vector<protocol::StatusEntry>&)> daemon_lines;  ///< any thread
    std::atomic<std::uint64_t> roster_bytes{0};  ///< of rosters that arrive in parts

    /// A mailbox for each core, rung with its bell.
    void furnish(const std::vector<Bell*>& bells) {
        const auto senders = static_cast<std::uint32_t>(bells.size()) - 1;
        clocks.furnish(senders + 1);
        for (auto* bell : bells)
            mailboxes.push_back(std::make_unique<Mailbox>(
                static_cast<std::uint32_t>(mailboxes.size()), senders, *bell));
    }

    std::uint32_t cores() const { return static_cast<std::uint32_t>(mailboxes.size()); }
};

/// Stable for ever: a data directory depends on it.
std::uint32_t shard_of_account(std::string_view account, std::uint32_t shards);

class ShardDesk final : public Desk, private shard::Outlet {
  public:
    /// `shards`: this core's, by number: core, core + cores, ….
    ShardDesk(std::uint32_t core, Office& office, ReplyPort& sessions, Counters& counters,
              Bell& bell, std::vector<std::unique_ptr<shard::Shard>> shards);

    void take(std::uint64_t session, const protocol::Frame& frame) override;
    void settle() override;
    void forget(std::uint64_t session) override;
    Result<bool> finish_turn() override;
    void turn_ended() override { stages_.sent(); }
    bool may_sleep() override { return mailbox_.may_sleep(); }
    void wake_up() override { mailbox_.wake_up(); }
    std::optional<std::chrono::steady_clock::time_point> sleep_until() const override;
    void tick() override;
    void begin_to_stop() override;
    Result<void> close() override;

  private:
    struct OwnShard {
        std::unique_ptr<shard::Shard> shard;
        bool has_work = false;  ///< since its last commit
    };
    struct Colleague {
        std::unique_ptr<MailRoute> route;
        Message* outgoing = nullptr;       ///< being written in this turn
        std::uint64_t frames_waiting = 0;  ///< asked there, not yet answered
        std::uint64_t bytes_waiting = 0;   ///< in messages that have not come back
    };
    struct Asked {
        std::uint64_t session;
        std::uint64_t correlation;
    };

    /// A request of our own shards that was parsed, and whose memory is being fetched meanwhile.
    struct PutOff {
        explicit PutOff(protocol::RequestShapes& shapes) : parser(shapes) {}

        protocol::RequestParser parser;
        const protocol::Request* request = nullptr;
        Asked from{};
        std::uint32_t shard = 0;
        bool stamped = false;
    };
    static constexpr std::size_t put_off_max = 16;

    void take_at_once(Asked from, const protocol::Request& request,
                      std::span<const std::byte> payload);
    void deliver(shard::Origin to, std::span<const std::byte> frame) override;

    void answer(Asked to, protocol::Answer& answer);
    void done(Asked to);
    void refuse(Asked to, protocol::Reject reject, std::string message);
    void refuse_overloaded(Asked to, std::string message);

    void greet(Asked from, const protocol::Hello& hello, std::string_view account);
    void stage(Asked from, const protocol::ApplyPart& part);
    void carry(Asked from, const protocol::Request& request, std::span<const std::byte> payload);
    void carry_roster(Asked from, const protocol::Request& request,
                      std::span<const std::byte> payload);
    void gather_status(Asked from);
    void answer_status(const Gathering& gathering);
    void own_status(std::vector<GatheredLine>& lines) const;
    void submit_stamped(const protocol::Request& request, std::uint32_t shard,
                        std::uint64_t correlation, shard::Origin origin);

    bool is_ours(std::uint32_t shard) const { return shard % office_.cores() == core_; }
    OwnShard& own(std::uint32_t shard) { return shards_[shard / office_.cores()]; }
    shard::Shard& put_to_work(std::uint32_t shard);
    Message* message_for(std::uint32_t core);
    bool has_room(Asked from, std::uint32_t core, std::size_t bytes);
    void send_mail();
    bool read_mail();
    void read(Message& message);
    Instant now();

    std::uint32_t core_;
    Office& office_;
    ReplyPort& sessions_;
    Counters& counters_;
    Mailbox& mailbox_;
    std::vector<OwnShard> shards_;
    std::vector<Colleague> colleagues_;                ///< by core; our own place is unused
    std::unique_ptr<protocol::RequestShapes> shapes_;  ///< of all that is put off
    std::vector<PutOff> put_off_;                      ///< put_off_max places
    std::size_t put_off_count_ = 0;
    protocol::RequestParser parser_;  ///< for mail
    protocol::ReplyWriter writer_;
    RosterStages rosters_;
    StatusGatherings gatherings_;
    DeskClock clock_;
    std::optional<Instant> now_;  ///< what the clock said in this turn
    std::uint32_t ticks_ = 0;
    shard::Stages stages_;
};

}  // namespace usher::net
