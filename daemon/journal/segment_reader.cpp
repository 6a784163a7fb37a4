#include "journal/segment_reader.h"

#include "journal/batch.h"
#include "journal/segment.h"

#include <algorithm>
#include <cstring>

namespace usher::journal {

Result<JournalFiles> list_journal(Disk& disk, int journal_fd, const std::string& journal_name) {
    std::vector<DirectoryEntry> entries;
    if (const int error = disk.list(journal_fd, entries); error != 0) {
        return disk_fault(journal_name, "cannot be listed", error);
    }
    JournalFiles files;
    const auto unfinished = std::string(segment_suffix) + unfinished_suffix;
    for (const auto& entry : entries) {
        const auto number = parse_numbered_name(entry.name, segment_suffix);
        const bool ours = number || parse_numbered_name(entry.name, unfinished);
        if (!ours || entry.kind != DirectoryEntry::Kind::file) {
            return fault(ExitCode::data,
                         journal_name + "/" + entry.name +
                             (ours ? ": is not a plain file" : ": does not belong here") +
                             ". Nothing was changed; move it away if you know what it is");
        }
        if (number) {
            files.segments.push_back(*number);
        } else {
            files.unfinished.push_back(entry.name);
        }
    }
    std::sort(files.segments.begin(), files.segments.end());
    return files;
}

Result<SegmentReader> SegmentReader::open(Disk& disk, int journal_fd,
                                          const std::string& journal_name, const Identity& identity,
                                          std::uint64_t number, OpenFor how) {
    const auto file = numbered_name(number, segment_suffix);
    auto opened = DeviceFile::open(disk, journal_fd, file, journal_name + "/" + file, how);
    if (!opened) return opened.error();
    const auto block = opened->at(0, header_block_bytes);
    if (!block) return block.error();
    const auto checked = check_segment_header(*block, opened->name(), identity, number);
    if (!checked) return checked.error();
    return SegmentReader{std::move(*opened), checked->header, checked->damaged};
}

Result<std::optional<BatchHeader>> SegmentReader::first_batch() {
    const auto bytes = at(header_block_bytes, sizeof(BatchHeader));
    if (!bytes) return bytes.error();
    BatchHeader batch{};
    if (check_header(*bytes, header_, batch) != nullptr) return std::optional<BatchHeader>{};
    const auto payload = at(header_block_bytes + sizeof batch, batch.payload_bytes);
    if (!payload) return payload.error();
    if (check_payload(batch, *payload) != nullptr) return std::optional<BatchHeader>{};
    return std::optional{batch};
}

std::optional<SegmentIndex> SegmentReader::index() {
    if ((header_.incompat & incompat_indexed) == 0) return std::nullopt;
    const std::uint64_t alignment = header_.alignment;
    const auto end = size() / alignment * alignment;
    if (end < header_block_bytes + 2 * alignment) return std::nullopt;
    const auto last = at(end - alignment, sizeof(BatchHeader));
    if (!last) return std::nullopt;
    BatchHeader close{};
    const bool closed = check_header(*last, header_, close) == nullptr &&
                        close.flags == batch_clean_close &&
                        sizeof close + close.payload_bytes == alignment;
    return index_before(closed ? end - alignment : end);
}

std::optional<SegmentIndex> SegmentReader::index_before(std::uint64_t end) {
    const auto last = at(end - sizeof(IndexTrailer), sizeof(IndexTrailer));
    if (!last) return std::nullopt;
    IndexTrailer trailer{};
    std::memcpy(&trailer, last->data(), sizeof trailer);
    if (trailer.magic != IndexTrailer::magic_expected || trailer.epoch != header_.epoch ||
        trailer.batch_bytes < sizeof(BatchHeader) || trailer.batch_bytes > end - header_block_bytes)
        return std::nullopt;
    const auto offset = end - trailer.batch_bytes;
    const auto bytes = at(offset, trailer.batch_bytes);
    if (!bytes) return std::nullopt;
    BatchHeader header{};
    if (check_header(*bytes, header_, header) != nullptr || header.flags != batch_index ||
        header.payload_bytes != bytes->size() - sizeof header)
        return std::nullopt;
    const auto payload = bytes->subspan(sizeof header);
    if (check_payload(header, payload) != nullptr) return std::nullopt;
    return SegmentIndex{offset, header.first_seq, decode_index(payload)};
}

}  // namespace usher::journal
