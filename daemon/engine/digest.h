// The digest of an account: the sum modulo 2^128 of one well-mixed word per object, over what facts
// set and never over what time derives. A fact takes the object's old word off; the new one is put
// on when the digest is asked for (running_digest.h). Live, recovered and simulated state agree at
// equal sequence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace usher::engine {

struct Digest {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    void add(const Digest& word) {
        low += word.low;
        high += word.high + (low < word.low ? 1 : 0);
    }
    void remove(const Digest& word) {
        const auto borrow = low < word.low ? 1U : 0U;
        low -= word.low;
        high -= word.high + borrow;
    }
    friend bool operator==(const Digest&, const Digest&) = default;

    /// 32 hexadecimal digits.
    std::string text() const;
};

/// XXH3-128 of the bytes under a seed that tells kinds of objects apart.
Digest digest_word(std::uint64_t kind, std::string_view bytes);

struct Account;
struct Ticket;

// The words of the objects of an account.
Digest ticket_word(const Account& account, const Ticket& ticket);
/// The ticket's key and other texts: apart, because they hardly ever change.
Digest ticket_texts_word(const Account& account, const Ticket& ticket);
Digest agent_word(const Account& account, std::uint32_t agent);
/// The agent's last assignment: apart, because every assignment changes it.
Digest last_word(const Account& account, std::uint32_t agent);
Digest turn_word(const Account& account, std::uint32_t rule, std::uint32_t agent);
Digest team_turn_word(const Account& account, std::uint32_t rule);
Digest channel_word(const Account& account, std::uint32_t channel);
Digest counters_word(const Account& account);
Digest kept_word(const Account& account, std::string_view key, std::uint64_t high,
                 std::uint64_t low);

/// From nothing: what the running digest must equal.
Digest digest_of_scratch(const Account& account);

}  // namespace usher::engine
