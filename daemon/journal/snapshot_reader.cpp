#include "base/checksum.h"
#include "journal/segment.h"
#include "journal/snapshot_file.h"

#include <algorithm>
#include <cstring>

namespace usher::journal {
namespace {

template <class T>
std::span<const std::byte> bytes_before_crc(const T& object) {
    return std::as_bytes(std::span{&object, 1}).first(offsetof(T, crc));
}

template <class T>
T copy(std::span<const std::byte> bytes) {
    T object{};
    std::memcpy(&object, bytes.data(), sizeof object);
    return object;
}

std::string foreign(const SnapshotHeader& header, const Identity& identity) {
    if (header.endian != endian_tag) return "it was written on a machine of another byte order";
    if (auto trouble =
            version_trouble(header.major, header.minor, header.ro_compat, header.incompat)) {
        return *trouble;
    }
    if (header.instance_high != identity.instance_high ||
        header.instance_low != identity.instance_low || header.shard != identity.shard) {
        return "it belongs to another data directory or shard";
    }
    return {};
}

/// Null if all blocks and the footer are right.
Result<const char*> check_contents(DeviceFile& file, const SnapshotHeader& header,
                                   SnapshotFooter& footer) {
    if (file.size() < header_block_bytes + sizeof footer) return "it is too short";
    const auto end = file.size() - sizeof footer;
    const auto last = file.at(end, sizeof footer);
    if (!last) return last.error();
    footer = copy<SnapshotFooter>(*last);
    if (footer.magic != SnapshotFooter::magic_expected || footer.crc != crc_of(footer)) {
        return "its end is missing or damaged";
    }
    if (footer.nonce != header.nonce || footer.seq != header.seq ||
        footer.state_time_ms != header.state_time_ms) {
        return "its end belongs to another snapshot";
    }
    std::uint64_t offset = header_block_bytes;
    std::uint64_t bytes = 0;
    std::uint32_t crc = 0;
    std::uint32_t index = 0;
    for (; offset < end; ++index) {
        std::span<const std::byte> contents;
        const auto flaw = read_snapshot_block(file, offset, header, index, contents);
        if (!flaw || *flaw != nullptr) return flaw;
        crc = crc32c(contents, crc);
        bytes += contents.size();
        offset += sizeof(SnapshotBlockHeader) + contents.size();
    }
    if (offset != end || index != footer.blocks || bytes != footer.bytes ||
        crc != footer.total_crc) {
        return "its blocks are not those that its end speaks of";
    }
    return static_cast<const char*>(nullptr);
}

}  // namespace

std::uint32_t crc_of(const SnapshotHeader& header) {
    return crc32c(bytes_before_crc(header));
}

std::uint32_t crc_of(const SnapshotFooter& footer) {
    return crc32c(bytes_before_crc(footer));
}

std::uint32_t crc_of(const SnapshotBlockHeader& header, std::span<const std::byte> contents) {
    return crc32c(contents, crc32c(bytes_before_crc(header)));
}

Result<const char*> read_snapshot_block(DeviceFile& file, std::uint64_t offset,
                                        const SnapshotHeader& header, std::uint32_t index,
                                        std::span<const std::byte>& contents) {
    // Header and contents in one look: two would move the window back and forth.
    const auto most = file.at(offset, sizeof(SnapshotBlockHeader) + snapshot_block_bytes);
    if (!most) return most.error();
    if (most->size() < sizeof(SnapshotBlockHeader)) return "it ends within a block";
    const auto block = copy<SnapshotBlockHeader>(*most);
    contents = most->subspan(sizeof block);
    if (block.magic != SnapshotBlockHeader::magic_expected || block.nonce != header.nonce ||
        block.index != index || block.bytes > contents.size()) {
        return "a block's header is damaged";
    }
    contents = contents.first(block.bytes);
    if (block.crc != crc_of(block, contents)) return "the checksum of a block is wrong";
    return static_cast<const char*>(nullptr);
}

Result<std::vector<std::uint64_t>> list_snapshots(Disk& disk, int snapshot_fd,
                                                  const std::string& snapshot_name) {
    std::vector<DirectoryEntry> entries;
    if (const int error = disk.list(snapshot_fd, entries); error != 0) {
        return disk_fault(snapshot_name, "cannot be listed", error);
    }
    const auto unfinished = std::string(snapshot_suffix) + unfinished_suffix;
    std::vector<std::uint64_t> found;
    for (const auto& entry : entries) {
        const auto seq = parse_numbered_name(entry.name, snapshot_suffix);
        const bool ours = seq || parse_numbered_name(entry.name, unfinished);
        if (!ours || entry.kind != DirectoryEntry::Kind::file) {
            return fault(ExitCode::data,
                         snapshot_name + "/" + entry.name +
                             (ours ? ": is not a plain file" : ": does not belong here") +
                             ". Nothing was changed; move it away if you know what it is");
        }
        if (seq) found.push_back(*seq);
    }
    std::sort(found.rbegin(), found.rend());
    return found;
}

Result<SnapshotLook> SnapshotLook::at(Disk& disk, int snapshot_fd, const std::string& file,
                                      const std::string& full_name, const Identity& identity,
                                      std::uint64_t seq) {
    SnapshotLook look;
    auto opened = DeviceFile::open(disk, snapshot_fd, file, full_name);
    if (!opened) return opened.error();
    const auto block = opened->at(0, header_block_bytes);
    if (!block) {
        look.flaw = block.error().message;
        return look;
    }
    if (block->size() < header_block_bytes) {
        look.flaw = "it is shorter than its header";
        return look;
    }
    const auto header = copy<SnapshotHeader>(*block);
    const auto rest = block->subspan(sizeof header);
    if (header.magic != SnapshotHeader::magic_expected || header.crc != crc_of(header) ||
        std::any_of(rest.begin(), rest.end(), [](std::byte b) { return b != std::byte{0}; })) {
        look.flaw = "its header is damaged";
        return look;
    }
    if (const auto why = foreign(header, identity); !why.empty()) {
        return fault(ExitCode::data,
                     full_name + ": cannot be used: " + why + ". Nothing was changed");
    }
    if (header.seq != seq) {
        look.flaw = "it was made at sequence " + std::to_string(header.seq);
        return look;
    }
    SnapshotFooter footer{};
    const auto flaw = check_contents(*opened, header, footer);
    if (!flaw) {
        look.flaw = flaw.error().message;  // a sector that cannot be read: damaged as well
    } else if (*flaw != nullptr) {
        look.flaw = *flaw;
    } else {
        look.reader = SnapshotReader{std::move(*opened), header, footer};
    }
    return look;
}

Result<std::span<const std::byte>> SnapshotReader::next() {
    if (blocks_ == footer_.blocks) return std::span<const std::byte>{};
    std::span<const std::byte> contents;
    const auto flaw = read_snapshot_block(file_, offset_, header_, blocks_, contents);
    if (!flaw) return flaw.error();
    if (*flaw != nullptr) {
        return fault(ExitCode::data, name() + ": " + *flaw + ", though it was right a moment ago");
    }
    ++blocks_;
    offset_ += sizeof(SnapshotBlockHeader) + contents.size();
    return contents;
}

Result<LatestSnapshot> read_latest_snapshot(Disk& disk, int directory_fd,
                                            const std::string& directory_name,
                                            const Identity& identity, std::uint64_t max_seq) {
    const auto snapshot_name = directory_name + "/snapshot";
    const OwnedFd directory{disk, disk.open(directory_fd, "snapshot", OpenFor::directory)};
    if (!directory.is_open()) {
        return disk_fault(snapshot_name, "cannot be opened", directory.get());
    }
    const auto seqs = list_snapshots(disk, directory.get(), snapshot_name);
    if (!seqs) return seqs.error();
    LatestSnapshot latest;
    for (const auto seq : *seqs) {
        if (seq > max_seq) continue;
        const auto file = numbered_name(seq, snapshot_suffix);
        const auto full_name = snapshot_name + "/" + file;
        auto look = SnapshotLook::at(disk, directory.get(), file, full_name, identity, seq);
        if (!look) return look.error();
        if (look->reader) {
            latest.reader = std::move(look->reader);
            break;
        }
        latest.warnings.push_back(full_name + ": not used: " + look->flaw);
    }
    return latest;
}

Result<std::vector<std::byte>> read_image(SnapshotReader& reader) {
    std::vector<std::byte> image;
    image.reserve(reader.bytes());
    for (;;) {
        const auto piece = reader.next();
        if (!piece) return piece.error();
        if (piece->empty()) return image;
        image.insert(image.end(), piece->begin(), piece->end());
    }
}

}  // namespace usher::journal
