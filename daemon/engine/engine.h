// The engine: all accounts of one shard, and the one way to ask something of them. Deterministic:
// the same state, request and instant give the same facts and the same answer on every machine. It
// has no clock, disk, socket or thread; its owner brings the instant and takes the facts.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/account.h"
#include "engine/fact.h"
#include "engine/pool.h"
#include "protocol/answer.h"
#include "protocol/encode.h"
#include "protocol/parse.h"
#include "protocol/request.h"

namespace usher::engine {

struct Step;

struct EngineOptions {
    std::uint64_t hash_seed = 0;        ///< random in a daemon: clients choose keys
    std::uint32_t tickets_reserve = 0;  ///< index of each account sized ahead for so many
    std::uint32_t accounts_max = 100'000;
    std::uint32_t keys_max = 1'000'000;     ///< answers kept per account, rule 37
    std::uint32_t slice_max = 0xffff'ffff;  ///< tickets given out of a line at a stretch, rule 38
};

/// How far a request came. Giving out a long line takes several slices, so that other accounts get
/// their turn in between; with the default `slice_max` everything is finished at once.
enum class Progress : std::uint8_t {
    finished,
    again,  ///< time has freed more than a slice: hand the same request in again
    rest    ///< carried out, but for what it freed: go_on() until it is finished
};

struct RosterFlags {
    bool dry_run = false;
    bool unassign = false;                  ///< agents that are removed give their work back
    std::optional<std::string_view> key{};  ///< the request's, rule 37
    protocol::RosterChanges changes{};      ///< what the answer says of it
};

class Engine {
  public:
    explicit Engine(EngineOptions options = {});

    /// Carries out one request of an account. Facts go to `log` in order, each before it is
    /// applied. The answer's views are good until the next call. An account takes no other request
    /// until one is finished.
    Progress handle(const protocol::Request& request, Instant now, FactLog& log,
                    protocol::Answer& answer);

    /// One slice more of a request that came to `rest`; its answer when it is finished.
    Progress go_on(std::string_view account, FactLog& log, protocol::Answer& answer);

    /// A request that will be handled soon: has the memory fetched that finds its ticket.
    void prefetch(const protocol::Request& request);
    /// Later, when that has come: has the ticket itself fetched, of a request for one that exists.
    void prefetch_ticket(const protocol::Request& request);

    /// Makes the account equal to a roster that was read without errors (rule 41). `now` may be
    /// before_all_time for an account's first roster: it then counts from the first request on.
    Progress apply_roster(std::string_view account, const AccountDefinition& incoming,
                          const RosterFlags& flags, Instant now, FactLog& log,
                          protocol::Answer& answer);

    /// What time alone has brought up to `now` in that account; false: there is more, ask again.
    bool tick(const Account& account, Instant now, FactLog& log);

    /// A fact of the past, in recovery; a fault says that it fits no state of ours.
    Result<void> replay(const Fact& fact);

    /// Of the whole state; gives the words that are owed (running_digest.h).
    Digest digest() const;
    std::size_t account_count() const { return accounts_.size(); }
    std::size_t open_ticket_count() const;
    std::size_t remembered_ticket_count() const;
    const Account* account(std::string_view key) const;
    const std::vector<std::unique_ptr<Account>>& accounts() const { return accounts_; }

    /// An account anew, for images and the first roster.
    Account& add_account(std::string_view key);

  private:
    /// Requests of one account often come in a row.
    [[gnu::always_inline]] Account* find(std::string_view key) {
        if (found_last_ != nullptr && TextEqual{}(found_last_->key, key)) return found_last_;
        return look_up(key);
    }
    Account* look_up(std::string_view key);
    /// What tells one request from another: a hash of all its fields but the instant.
    struct RequestHash {
        std::uint64_t high = 0;
        std::uint64_t low = 0;
    };
    RequestHash hash_of(const protocol::Request& request);
    static RequestHash hash_of(const AccountDefinition& incoming, const RosterFlags& flags);
    bool answered_before(Step& step, std::string_view key, RequestHash hash);
    /// Carries out `change` unless an answer to the same key is kept; keeps the answer then.
    template <class Change>
    Progress once(Step& step, std::string_view key, RequestHash hash, Change change);
    void keep_answer(Step& step, std::string_view key, RequestHash hash);
    /// What a request has freed goes to those who wait, before anything newer comes (rule 38).
    Progress settle(Step& step);

    /// A request whose draining goes on. Its answer's views are into the account's state.
    struct Unfinished {
        Instant now;
        Cause cause = Cause::time;
        std::uint32_t drained_max = 0;
        std::optional<std::string> key;
        RequestHash hash;
        protocol::Answer answer;
    };

    EngineOptions options_;
    std::vector<std::unique_ptr<Account>> accounts_;
    boost::unordered_flat_map<std::string_view, std::uint32_t, TextHash> by_key_;
    Account* found_last_ = nullptr;  ///< what find() gave last
    Scratch scratch_;
    protocol::RequestWriter request_writer_;
    protocol::ReplyWriter reply_writer_;
    protocol::ReplyParser reply_parser_;
    boost::unordered_flat_map<std::uint32_t, std::unique_ptr<Unfinished>>
        unfinished_;  ///< by AccountNo
};

}  // namespace usher::engine
