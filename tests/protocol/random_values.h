// Random requests and answers, every field of which may be there or not. The texts of what was made
// live in the maker until it makes the next.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/answer.h"
#include "protocol/request.h"
#include "tests/support/random.h"

namespace usher::testing {

class ValueMaker {
  public:
    explicit ValueMaker(std::uint64_t seed) : random_(seed) {}

    /// A request that validate() has nothing to say against, with the verb of this index of Body.
    protocol::Request request(std::size_t verb);

    /// An answer whose fields are there or not without regard to each other.
    protocol::Answer answer();

    Random& random() { return random_; }

  private:
    std::string_view text(std::size_t bytes_min, std::size_t bytes_max);
    std::string_view key() { return text(1, 64); }
    std::optional<std::string_view> maybe_key();
    std::optional<std::uint32_t> maybe_number();
    std::optional<std::int64_t> maybe_instant();
    std::int64_t instant();
    protocol::Owner owner();
    protocol::Properties properties();
    protocol::Keys skills();
    protocol::Page page();
    protocol::CapacityChange limit();
    std::vector<std::string_view> keys();
    protocol::Placement placement();
    protocol::RosterChanges roster();

    template <class E>
    E word(unsigned last, unsigned first = 0) {
        return static_cast<E>(first + random_.below(last - first + 1));
    }
    template <class E>
    std::optional<E> maybe_word(unsigned last) {
        if (random_.chance(50)) return std::nullopt;
        return word<E>(last);
    }

    void fill(protocol::Hello& r);
    void fill(protocol::Ping&) {}
    void fill(protocol::Status&) {}
    void fill(protocol::Route& r);
    void fill(protocol::Explain& r);
    void fill(protocol::Assign& r);
    void fill(protocol::AssignConversation& r) { r = {key(), key(), maybe_key()}; }
    void fill(protocol::ReplySent& r) { r = {key(), key()}; }
    void fill(protocol::EmailSent& r) { r = {key(), word<protocol::SentFrom>(1)}; }
    void fill(protocol::ContactReply& r) { r = {key(), word<protocol::ContactReplyKind>(5)}; }
    void fill(protocol::SetStatus& r) { r = {key(), key()}; }
    void fill(protocol::Close& r) { r = {key()}; }
    void fill(protocol::Reopen& r) { r = {key()}; }
    void fill(protocol::Update& r);
    void fill(protocol::Import& r);
    void fill(protocol::Transfer& r) { r = {key(), key()}; }
    void fill(protocol::Handoff& r) { r = {key()}; }
    void fill(protocol::Missed& r) { r = {key()}; }
    void fill(protocol::Availability& r) {
        r = {key(), word<protocol::AvailabilitySetting>(2), page()};
    }
    void fill(protocol::Absence& r);
    void fill(protocol::Capacity& r) { r = {key(), limit(), {limit(), limit(), limit()}, page()}; }
    void fill(protocol::ChannelSwitch& r) { r = {key(), random_.chance(50)}; }
    void fill(protocol::ApplyBegin&) {}
    void fill(protocol::ApplyPart& r) { r = {text(1, 200), text(0, 3000)}; }
    void fill(protocol::ApplyCommit& r) { r = {random_.chance(50), random_.chance(50)}; }
    void fill(protocol::GetTicket& r) { r = {key()}; }
    void fill(protocol::GetAgent& r) { r = {key()}; }
    void fill(protocol::Backlog& r) { r = {key(), page()}; }
    void fill(protocol::Tickets& r);
    void fill(protocol::Tick& r) { r = {page()}; }
    void fill(protocol::Follow& r);
    protocol::EventView event(std::string_view about);

    Random random_;
    std::deque<std::string> texts_;
    std::deque<std::vector<protocol::Property>> properties_;
    std::deque<std::vector<std::string_view>> lists_;
};

/// The request with plain texts of the same lengths, which stand in static memory until the next
/// call. Of routes and closes.
void make_plain(protocol::Request& request, Random& random);

}  // namespace usher::testing
