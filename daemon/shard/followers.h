// Those who follow accounts of a shard. A `follow` request asks for the events from a sequence on
// and is answered with what there is, or waits for the next fact, up to its `wait_ms`. So a
// follower that is slow asks seldom, and nothing grows here because of it.
//
// What is told is safe: serve() is given the sequence up to which the mode's promise holds. New
// facts come from memory (feed.h), older ones from the journal's files (history_thread.h). Both are
// turned into events on the shard's thread, a bounded number in each turn. One thread, the shard's.
//
// Telling somebody costs the owner a write to a socket, and fifty in a row are a long time in which
// no request is read. So a turn tells a few (FollowPace), and those who are left come first in the
// next: those of an account in the order in which they asked, accounts in turn. Under load events
// come faster than they can be told one by one, so an account is told in rounds: whoever has asked
// when a round begins is told in it, and the next begins a pause later, with what has gathered.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/engine.h"
#include "protocol/answer.h"
#include "protocol/encode.h"
#include "shard/feed.h"
#include "shard/history_thread.h"
#include "shard/port.h"

namespace usher::shard {

inline constexpr std::uint32_t followers_max = 1024;        ///< waiting, of one shard
inline constexpr std::uint32_t asked_at_once_max = 8;       ///< by a connection, of one account
inline constexpr std::uint32_t followed_max = 256;          ///< accounts of one shard
inline constexpr std::uint32_t follow_tick_ms = 500;        ///< about as often is tick() called
inline constexpr std::uint32_t followed_ticks = 120;        ///< facts are kept for the next request
inline constexpr std::uint32_t facts_per_turn = 512;        ///< turned into events, at most
inline constexpr std::size_t page_fact_bytes = 128 * 1024;  ///< in one answer: its events fit then

/// How much of the owner's time telling may take. As it stands: all at once, and at once.
struct FollowPace {
    std::uint32_t answers_per_turn = followers_max;  ///< at least 2
    /// From the beginning of a round to the next. One who would get a full page does not wait.
    std::chrono::microseconds pause{0};
};

class Followers {
  public:
    using Clock = std::chrono::steady_clock;

    Followers(const engine::Engine& engine, FollowPace pace) : engine_(engine), pace_(pace) {}

    /// Where older facts are; without it only those are told that came since an account is
    /// followed.
    void read_from(std::unique_ptr<HistoryThread> history) { history_ = std::move(history); }

    bool wants(engine::AccountNo account) const {
        return account.value < feeds_.size() && feeds_[account.value] != nullptr;
    }
    /// A fact of an account that is wanted, as the journal has it.
    void keep(engine::AccountNo account, std::uint64_t shard_seq, std::span<const std::byte> fact);

    /// Takes a request of this kind, unless it is refused at once: then `refusal` is filled in.
    bool take(const protocol::Request& request, std::uint64_t correlation, Origin origin,
              std::uint64_t shard_seq, protocol::Answer& refusal);

    /// Answers whoever can be, with what is safe up to the shard's `safe_seq`.
    void serve(std::uint64_t safe_seq, Outlet& outlet);

    /// Somebody can be answered, or may be soon: serve() is to be called when the disk has moved.
    bool has_work() const;
    /// The last turn was too short for all that could be answered: do not sleep.
    bool has_more() const { return more_; }
    /// When a pause ends behind which somebody waits; none: nobody does.
    std::optional<Clock::time_point> pause_ends() const { return pause_ends_; }

    void tick();
    /// From now on nobody waits.
    void stop();

    std::size_t waiting() const { return waiting_; }
    /// Of the facts that are kept for them.
    std::size_t kept_bytes() const;

  private:
    struct Page {
        std::vector<protocol::EventView> events;
        std::uint64_t through = 0;
    };

    /// What was told last, as it left: many ask for the same. Good for the rest of the turn, and of
    /// the round.
    struct Told {
        std::optional<std::uint64_t> from;  ///< none: nothing was
        std::uint32_t account = 0;
        std::uint64_t round_id = 0;
        std::uint32_t limit = 0;
        std::uint32_t cost = 0;  ///< of telling it again, in facts
        std::vector<std::byte> frame;
    };

    void look_at(std::uint32_t account);
    bool turn_is_over() const { return facts_left_ == 0 || answers_left_ == 0; }
    bool pauses_between_rounds() const { return pace_.pause.count() > 0; }
    bool may_be_told_now(Feed& feed, const Follower& follower);
    bool has_room(engine::AccountNo account, Origin origin) const;
    bool tell_again(const Follower& follower, Outlet& outlet);
    void serve(std::uint32_t account, std::uint64_t safe_seq, Outlet& outlet);
    /// False: it goes on waiting.
    bool serve(std::uint32_t account, Follower& follower, std::uint64_t safe_seq, Outlet& outlet);
    void take_history(Outlet& outlet);
    void take_history(HistoryAnswer& answer, Outlet& outlet);
    void ask_history(std::uint32_t account, Follower& follower, std::uint64_t safe_seq);
    template <class FactAt>
    void fill(const engine::Account& account, std::uint64_t from, std::uint64_t last,
              std::uint32_t limit, FactAt fact_at);
    /// With page_; gives the frame as it left, good until the next.
    std::span<const std::byte> answer(const engine::Account& account, const Follower& follower,
                                      Outlet& outlet);
    void refuse(const engine::Account& account, const Follower& follower, protocol::Reject why,
                std::string message, Outlet& outlet);
    std::span<const std::byte> send(const engine::Account& account, const Follower& follower,
                                    Outlet& outlet);

    const engine::Engine& engine_;
    FollowPace pace_;
    std::unique_ptr<HistoryThread> history_;
    std::deque<HistoryAnswer> read_;            ///< collected, and not yet told
    std::vector<std::unique_ptr<Feed>> feeds_;  ///< by AccountNo
    std::vector<std::uint32_t> to_look_at_;     ///< accounts
    std::vector<std::uint32_t> looking_at_;
    std::size_t followed_ = 0;
    std::size_t waiting_ = 0;
    std::uint64_t last_id_ = 0;
    std::uint32_t facts_left_ = 0;    ///< of this turn
    std::uint32_t answers_left_ = 0;  ///< likewise
    Clock::time_point now_;           ///< likewise; where there are pauses
    std::optional<Clock::time_point> pause_ends_;
    bool more_ = false;
    bool stopped_ = false;
    engine::Fact fact_;
    Page page_;
    Told told_;
    protocol::Answer answer_;
    protocol::ReplyWriter writer_;
};

}  // namespace usher::shard
