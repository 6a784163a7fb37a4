#include "bench/load/reply_check.h"

#include <cstring>

namespace usher::bench {

namespace {

std::uint64_t word_at(const std::byte* from) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return word;
}

std::string complaint(Verb verb, const protocol::Answer& answer) {
    auto text = std::string(verb_name(verb)) + " was answered with ";
    if (answer.reject != protocol::Reject::none)
        return text + std::string(protocol::reject_name(answer.reject)) + ": " + answer.message;
    text += protocol::outcome_name(answer.outcome());
    if (answer.placement.reason != protocol::Reason::none)
        text += " (" + std::string(protocol::reason_name(answer.placement.reason)) + ")";
    return text + ", expected " + std::string(protocol::outcome_name(expected_outcome(verb)));
}

}  // namespace

bool ReplyCheck::Pattern::fits(std::span<const std::byte> payload) const {
    std::uint64_t differing = 0;
    std::size_t at = 0;
    for (; at + 8 <= payload.size(); at += 8)
        differing |=
            (word_at(payload.data() + at) ^ word_at(good.data() + at)) & word_at(mask.data() + at);
    for (; at < payload.size(); ++at)
        differing |= static_cast<std::uint64_t>((payload[at] ^ good[at]) & mask[at]);
    return differing == 0;
}

void ReplyCheck::Pattern::learn(std::span<const std::byte> payload) {
    if (good.empty()) {
        good.assign(payload.begin(), payload.end());
        mask.assign(payload.size(), std::byte{0xFF});
    }
    for (std::size_t at = 0; at < payload.size(); ++at)
        if (payload[at] != good[at]) mask[at] = std::byte{0};
}

ReplyCheck::Pattern& ReplyCheck::pattern_of(Verb verb, std::size_t size) {
    auto& by_size = patterns_[static_cast<std::size_t>(verb)];
    if (by_size.size() <= size) by_size.resize(size + 1);
    return by_size[size];
}

std::optional<std::string> ReplyCheck::fault_of(Verb verb, std::span<const std::byte> payload) {
    auto& pattern = pattern_of(verb, payload.size());
    if (!pattern.good.empty() && pattern.fits(payload)) return std::nullopt;
    ++parsed_;
    const auto parsed = parser_.parse(payload);
    if (!parsed) return std::string(verb_name(verb)) + ": reply not understood: " + parsed.message;
    const auto& answer = *parsed.answer;
    if (answer.reject != protocol::Reject::none || answer.outcome() != expected_outcome(verb))
        return complaint(verb, answer);
    pattern.learn(payload);
    return std::nullopt;
}

}  // namespace usher::bench
