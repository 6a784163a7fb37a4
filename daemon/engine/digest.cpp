#include "engine/digest.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <cstring>

#include "engine/account.h"

namespace usher::engine {

namespace {

enum ObjectKind : std::uint64_t {
    of_ticket = 1,
    of_agent = 2,
    of_turn = 3,
    of_team_turn = 4,
    of_channel = 5,
    of_counters = 6,
    of_kept = 7,
    of_last = 8,
    of_ticket_texts = 9
};

std::uint64_t hash_of_text(std::string_view text) {
    return seeded_hash(text, 0);
}

/// The word of an object that has always as many numbers.
template <std::size_t count>
[[gnu::flatten]] Digest word_of(ObjectKind kind, const std::array<std::uint64_t, count>& numbers) {
    const auto hash = XXH3_128bits_withSeed(numbers.data(), sizeof numbers, kind);
    return {hash.high64, hash.low64};
}

/// Puts numbers and texts one behind the other; what does not fit is folded in as a hash.
class Words {
  public:
    void number(std::uint64_t value) {
        std::memcpy(bytes_.data() + size_, &value, sizeof value);
        size_ += sizeof value;
    }
    void text(std::string_view value) { number(hash_of_text(value)); }
    std::string_view all() const { return {bytes_.data(), size_}; }

  private:
    std::array<char, 256> bytes_;
    std::size_t size_ = 0;
};

std::uint64_t pack(std::uint32_t a, std::uint32_t b) {
    return std::uint64_t{a} << 32U | b;
}

std::uint64_t number_of(Instant at) {
    return static_cast<std::uint64_t>(at.ms);
}

}  // namespace

std::string Digest::text() const {
    constexpr const char* digits = "0123456789abcdef";
    std::string text;
    for (const auto half : {high, low})
        for (int shift = 60; shift >= 0; shift -= 4) text.push_back(digits[half >> shift & 15U]);
    return text;
}

Digest digest_word(std::uint64_t kind, std::string_view bytes) {
    const auto hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), kind);
    return {hash.high64, hash.low64};
}

Digest ticket_word(const Account& account, const Ticket& ticket) {
    const std::array<std::uint64_t, 11> numbers{
        account.no.value,
        ticket.arrival,
        pack(static_cast<std::uint32_t>(ticket.owner.kind), ticket.owner.number),
        pack(ticket.channel.value, ticket.inbox.value),
        pack(ticket.pipeline.value, ticket.status.value),
        (ticket.open ? 1U : 0U) | (ticket.reopened ? 2U : 0U) | (ticket.contact_tracked ? 4U : 0U) |
            (ticket.under_fallback ? 8U : 0U) | (ticket.has_close_date ? 16U : 0U) |
            (ticket.waiting ? 32U : 0U) | unsigned{ticket.priority} << 8U |
            static_cast<unsigned>(ticket.type) << 16U,
        ticket.assignment,
        number_of(ticket.created),
        ticket.owner.kind == OwnerKind::none ? 0 : number_of(ticket.assigned),
        ticket.open ? 0 : number_of(ticket.closed),
        ticket.has_close_date ? number_of(ticket.close_date) : 0};
    return word_of(of_ticket, numbers);
}

Digest ticket_texts_word(const Account& account, const Ticket& ticket) {
    const auto& texts = account.texts;
    const std::array<std::uint64_t, 8> numbers{account.no.value,
                                               ticket.arrival,
                                               hash_of_text(account.tickets.key_of(ticket)),
                                               texts.plain_hash(ticket.properties),
                                               texts.plain_hash(ticket.asked_skills),
                                               texts.plain_hash(ticket.skills),
                                               texts.plain_hash(ticket.contact_owner),
                                               texts.plain_hash(ticket.linked)};
    return word_of(of_ticket_texts, numbers);
}

Digest agent_word(const Account& account, std::uint32_t agent) {
    const auto& state = account.agents[agent];
    Words words;
    words.number(
        pack(agent, (state.manual ? (*state.manual ? 3U : 2U) : 0U) | (state.under ? 4U : 0U)));
    words.number(state.capacity.total ? *state.capacity.total + 1ULL : 0);
    for (const auto& limit : state.capacity.per_type) words.number(limit ? *limit + 1ULL : 0);
    std::uint64_t absences = state.absences.size();
    for (const auto& span : state.absences) {
        const std::array<std::uint64_t, 3> link{absences, number_of(span.from),
                                                number_of(span.until)};
        absences = XXH3_64bits(link.data(), sizeof link);
    }
    words.number(absences);
    return digest_word(of_agent, words.all());
}

Digest last_word(const Account& account, std::uint32_t agent) {
    const auto& last = account.agents[agent].last;
    return word_of<3>(of_last, {agent, number_of(last.at), last.assignment});
}

Digest turn_word(const Account&, std::uint32_t rule, std::uint32_t agent) {
    Words words;
    words.number(pack(rule, agent));
    return digest_word(of_turn, words.all());
}

Digest team_turn_word(const Account& account, std::uint32_t rule) {
    Words words;
    words.number(pack(rule, account.rules[rule].last_team.value));
    return digest_word(of_team_turn, words.all());
}

Digest channel_word(const Account& account, std::uint32_t channel) {
    Words words;
    words.number(pack(channel, account.channel_enabled[channel] ? 1 : 0));
    return digest_word(of_channel, words.all());
}

Digest counters_word(const Account& account) {
    Words words;
    words.text(account.key);
    for (const auto value : {account.roster_version, account.seq, account.arrivals,
                             account.assignments, account.draws})
        words.number(value);
    return digest_word(of_counters, words.all());
}

Digest kept_word(const Account&, std::string_view key, std::uint64_t high, std::uint64_t low) {
    Words words;
    words.text(key);
    words.number(high);
    words.number(low);
    return digest_word(of_kept, words.all());
}

Digest digest_of_scratch(const Account& account) {
    Digest sum;
    for (Slot slot = 0; slot < account.tickets.slots_used(); ++slot)
        if (account.tickets[slot].remembered) {
            sum.add(ticket_word(account, account.tickets[slot]));
            sum.add(ticket_texts_word(account, account.tickets[slot]));
        }
    for (std::uint32_t i = 0; i < account.agents.size(); ++i) {
        sum.add(agent_word(account, i));
        sum.add(last_word(account, i));
    }
    for (std::uint32_t i = 0; i < account.channel_enabled.size(); ++i)
        sum.add(channel_word(account, i));
    for (std::uint32_t i = 0; i < account.rules.size(); ++i) {
        sum.add(team_turn_word(account, i));
        account.rules[i].had_turn.for_each([&](std::uint32_t position) {
            sum.add(turn_word(account, i, account.agent_at[position].value));
        });
    }
    // In any order: it is a sum.
    for (const auto& [key, kept] : account.kept)
        sum.add(kept_word(account, key, kept.request_high, kept.request_low));
    return sum;
}

}  // namespace usher::engine
