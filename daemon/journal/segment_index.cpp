#include "journal/segment_index.h"

#include "base/expect.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace usher::journal {
namespace {

constexpr std::size_t noted_at_first = 256;

bool is_before(const IndexEntry& a, const IndexEntry& b) {
    return a.account != b.account ? a.account < b.account : a.first_seq < b.first_seq;
}

std::uint64_t end_of(const IndexEntry& entry) {
    return entry.first_seq + entry.records;
}

IndexEntry entry_at(std::span<const std::byte> entries, std::size_t n) {
    IndexEntry entry{};
    std::memcpy(&entry, entries.data() + n * sizeof entry, sizeof entry);
    return entry;
}

const char* check_entries(std::span<const std::byte> bytes) {
    for (std::size_t n = 0; n < bytes.size() / sizeof(IndexEntry); ++n) {
        const auto entry = entry_at(bytes, n);
        if (entry.records == 0 || entry.first_seq == 0 || end_of(entry) < entry.first_seq ||
            entry.first_block > entry.last_block)
            return "an entry of its index makes no sense";
        if (n == 0) continue;
        const auto before = entry_at(bytes, n - 1);
        if (!is_before(before, entry) ||
            (before.account == entry.account && end_of(before) > entry.first_seq))
            return "the entries of its index are not in order";
    }
    return nullptr;
}

}  // namespace

std::size_t index_batch_bytes(std::size_t entries, std::uint32_t alignment) {
    const auto used = sizeof(BatchHeader) + sizeof(IndexHead) + entries * sizeof(IndexEntry) +
                      sizeof(IndexTrailer);
    return (used + alignment - 1) & ~(std::size_t{alignment} - 1);
}

OpenIndex::OpenIndex() {
    noted_.reserve(noted_at_first);
}

void OpenIndex::take(std::uint32_t block) {
    for (const auto& row : noted_) take(row, block);
    noted_.clear();
}

void OpenIndex::take(const Row& row, std::uint32_t block) {
    if (row.account >= indexed_accounts_max || row.first_seq == 0) [[unlikely]]
        return leave_out();
    if (row.account >= slots_.size()) [[unlikely]]
        slots_.resize(std::size_t{row.account} + 1);
    auto& slot = slots_[row.account];
    if (slot.turn == turn_ && slot.records < entry_records_max &&
        slot.first_seq + slot.records == row.first_seq) [[likely]] {
        slot.last_block = block;
        slot.records += row.records;
        return;
    }
    if (slot.turn == turn_) {
        if (row.first_seq < slot.first_seq + slot.records) return leave_out();
        ended_.push_back(entry_of(row.account, slot));
    }
    slot = {turn_, block, block, row.records, row.first_seq};
    ++entries_;
}

void OpenIndex::leave_out() {
    is_complete_ = false;
}

IndexEntry OpenIndex::entry_of(std::uint32_t account, const Slot& slot) {
    return {account, slot.first_block, slot.last_block, slot.records, slot.first_seq};
}

std::span<const IndexEntry> OpenIndex::entries() {
    sorted_.clear();
    for (std::uint32_t account = 0; account < slots_.size(); ++account)
        if (slots_[account].turn == turn_) sorted_.push_back(entry_of(account, slots_[account]));
    if (!ended_.empty()) {
        const auto lasts = static_cast<std::ptrdiff_t>(sorted_.size());
        std::sort(ended_.begin(), ended_.end(), is_before);
        sorted_.insert(sorted_.end(), ended_.begin(), ended_.end());
        std::inplace_merge(sorted_.begin(), sorted_.begin() + lasts, sorted_.end(), is_before);
    }
    return sorted_;
}

void OpenIndex::begin_segment() {
    ++turn_;
    ended_.clear();
    entries_ = 0;
    is_complete_ = true;
}

void encode_index(std::span<const IndexEntry> entries, std::uint64_t epoch, std::size_t batch_bytes,
                  std::vector<std::byte>& out) {
    out.assign(batch_bytes - sizeof(BatchHeader), std::byte{0});
    EXPECT(out.size() >= sizeof(IndexHead) + entries.size_bytes() + sizeof(IndexTrailer));
    const IndexHead head{static_cast<std::uint32_t>(entries.size()), 0};
    std::memcpy(out.data(), &head, sizeof head);
    if (!entries.empty())
        std::memcpy(out.data() + sizeof head, entries.data(), entries.size_bytes());
    const IndexTrailer trailer{IndexTrailer::magic_expected,
                               static_cast<std::uint32_t>(batch_bytes), epoch};
    std::memcpy(out.data() + out.size() - sizeof trailer, &trailer, sizeof trailer);
}

const char* check_index(const BatchHeader& header, std::span<const std::byte> payload) {
    IndexHead head{};
    IndexTrailer trailer{};
    if (payload.size() < sizeof head + sizeof trailer) return "its index is cut short";
    std::memcpy(&head, payload.data(), sizeof head);
    const auto body = payload.subspan(sizeof head, payload.size() - sizeof head - sizeof trailer);
    std::memcpy(&trailer, payload.data() + payload.size() - sizeof trailer, sizeof trailer);
    if (head.reserved != 0 || head.entries > body.size() / sizeof(IndexEntry))
        return "its index has fewer entries than it says";
    const auto entries = body.first(head.entries * sizeof(IndexEntry));
    if (const auto* wrong = check_entries(entries); wrong != nullptr) return wrong;
    const auto padding = body.subspan(entries.size());
    if (std::any_of(padding.begin(), padding.end(), [](std::byte b) { return b != std::byte{0}; }))
        return "its padding is not zero";
    if (trailer.magic != IndexTrailer::magic_expected || trailer.epoch != header.epoch ||
        trailer.batch_bytes != sizeof header + payload.size())
        return "its index does not end as one";
    return nullptr;
}

std::vector<IndexEntry> decode_index(std::span<const std::byte> payload) {
    IndexHead head{};
    std::memcpy(&head, payload.data(), sizeof head);
    const auto room = (payload.size() - sizeof head) / sizeof(IndexEntry);
    std::vector<IndexEntry> entries(std::min<std::size_t>(head.entries, room));
    if (!entries.empty())
        std::memcpy(entries.data(), payload.data() + sizeof head,
                    entries.size() * sizeof(IndexEntry));
    return entries;
}

std::optional<SegmentIndex::Stretch> SegmentIndex::stretch_of(const AccountSeq& from,
                                                              std::uint32_t alignment) const {
    auto entry = std::lower_bound(
        entries.begin(), entries.end(), from.account,
        [](const IndexEntry& other, std::uint32_t account) { return other.account < account; });
    std::optional<Stretch> stretch;
    for (; entry != entries.end() && entry->account == from.account; ++entry) {
        if (end_of(*entry) <= from.seq) continue;
        if (!stretch) stretch = Stretch{std::uint64_t{entry->first_block} * alignment, 0};
        stretch->last = std::max(stretch->last, std::uint64_t{entry->last_block} * alignment);
    }
    return stretch;
}

}  // namespace usher::journal
