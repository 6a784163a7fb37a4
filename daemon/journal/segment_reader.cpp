#include "journal/segment_reader.h"

#include "journal/batch.h"
#include "journal/segment.h"

#include <algorithm>

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

}  // namespace usher::journal
