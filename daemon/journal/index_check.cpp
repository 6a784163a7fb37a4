#include "journal/index_check.h"

#include "journal/batch.h"

#include <algorithm>
#include <cstring>

namespace usher::journal {
namespace {

bool same(const IndexEntry& a, const IndexEntry& b) {
    return std::memcmp(&a, &b, sizeof a) == 0;
}

std::string said_of(const IndexEntry& entry) {
    return "account " + std::to_string(entry.account) + " has " + std::to_string(entry.records) +
           " records from its sequence " + std::to_string(entry.first_seq) + " on, in blocks " +
           std::to_string(entry.first_block) + " to " + std::to_string(entry.last_block);
}

}  // namespace

void IndexCheck::begin_segment() {
    expected_.begin_segment();
    all_known_ = true;
}

void IndexCheck::take(std::uint32_t block, std::uint32_t records,
                      std::span<const std::byte> payload) {
    for (std::uint32_t n = 0; n < records; ++n) {
        const auto of = whose_(take_record(payload));
        if (of) expected_.note(*of);
        all_known_ = all_known_ && of;
    }
    expected_.take(block);
}

std::string IndexCheck::misfit(std::span<const IndexEntry> found) {
    const auto expected = expected_.entries();
    if (!all_known_ || !expected_.is_complete()) return {};
    const auto [of_records, of_index] =
        std::mismatch(expected.begin(), expected.end(), found.begin(), found.end(), same);
    if (of_records == expected.end() && of_index == found.end()) return {};
    std::string text = "its index is wrong: ";
    text += of_records == expected.end() ? "no account is left" : said_of(*of_records);
    text += ", but it says that ";
    text += of_index == found.end() ? "there is none" : said_of(*of_index);
    return text;
}

}  // namespace usher::journal
