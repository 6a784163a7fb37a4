#include "base/checksum.h"
#include "base/expect.h"
#include "journal/segment.h"
#include "journal/snapshot_file.h"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace usher::journal {
namespace {

constexpr std::size_t block_header_bytes = sizeof(SnapshotBlockHeader);

/// What an interrupted snapshot has left. Whether it can be removed does not matter now.
void remove_unfinished(Disk& disk, int snapshot_fd) {
    std::vector<DirectoryEntry> entries;
    if (disk.list(snapshot_fd, entries) != 0) return;
    const auto unfinished = std::string(snapshot_suffix) + unfinished_suffix;
    for (const auto& entry : entries) {
        if (parse_numbered_name(entry.name, unfinished)) disk.remove(snapshot_fd, entry.name);
    }
}

}  // namespace

SnapshotWriter::SnapshotWriter(Place place, OwnedFd fd, const SnapshotHeader& header)
    : place_(std::move(place)), fd_(std::move(fd)), header_(header) {
    block_.reserve(block_header_bytes + snapshot_block_bytes);
    block_.resize(block_header_bytes);
}

SnapshotWriter::~SnapshotWriter() {
    if (finished_) return;
    fd_.reset();
    place_.disk->remove(place_.directory.get(), place_.name + unfinished_suffix);
}

Result<std::unique_ptr<SnapshotWriter>> SnapshotWriter::begin(Disk& disk, int directory_fd,
                                                              const std::string& directory_name,
                                                              const Identity& identity,
                                                              std::uint64_t seq,
                                                              Instant state_time) {
    using std::chrono::milliseconds;
    Place place{
        &disk, {}, directory_name + "/snapshot", numbered_name(seq, snapshot_suffix), identity};
    place.directory = OwnedFd{disk, disk.open(directory_fd, "snapshot", OpenFor::directory)};
    if (!place.directory.is_open()) {
        return disk_fault(place.directory_name, "cannot be opened", place.directory.get());
    }
    remove_unfinished(disk, place.directory.get());
    const auto nonce = random_64();
    if (!nonce) return nonce.error();
    SnapshotHeader header{};
    header.magic = SnapshotHeader::magic_expected;
    header.major = format_major;
    header.minor = format_minor;
    header.endian = endian_tag;
    header.shard = identity.shard;
    header.instance_high = identity.instance_high;
    header.instance_low = identity.instance_low;
    header.seq = seq;
    header.state_time_ms = state_time.ms;
    header.nonce = *nonce;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    header.created_ms = std::chrono::duration_cast<milliseconds>(now).count();
    header.crc = crc_of(header);

    const auto unfinished = place.name + unfinished_suffix;
    OwnedFd fd{disk, disk.open(place.directory.get(), unfinished, OpenFor::creating)};
    if (!fd.is_open()) {
        return disk_fault(place.directory_name + "/" + unfinished, "cannot be made", fd.get());
    }
    std::unique_ptr<SnapshotWriter> writer{
        new SnapshotWriter(std::move(place), std::move(fd), header)};
    std::vector<std::byte> first(header_block_bytes);
    std::memcpy(first.data(), &header, sizeof header);
    if (auto written = writer->write(first); !written) return written.error();
    return writer;
}

Result<void> SnapshotWriter::write(std::span<const std::byte> bytes) {
    if (const int error = write_all(*place_.disk, fd_.get(), bytes, offset_); error != 0) {
        return disk_fault(place_.directory_name + "/" + place_.name + unfinished_suffix,
                          "cannot be written", error);
    }
    offset_ += bytes.size();
    return {};
}

Result<void> SnapshotWriter::append(std::span<const std::byte> bytes) {
    EXPECT(!finished_);
    while (!bytes.empty()) {
        const auto room = block_header_bytes + snapshot_block_bytes - block_.size();
        const auto part = bytes.first(std::min(room, bytes.size()));
        block_.insert(block_.end(), part.begin(), part.end());
        bytes = bytes.subspan(part.size());
        if (part.size() < room) break;
        if (auto ended = end_block(); !ended) return ended;
    }
    return {};
}

Result<void> SnapshotWriter::sync() {
    const int error = place_.disk->sync(fd_.get());
    if (error == 0) return {};
    return disk_fault(place_.directory_name + "/" + place_.name + unfinished_suffix,
                      "cannot be synced", error);
}

Result<void> SnapshotWriter::end_block() {
    const auto contents = std::span<const std::byte>(block_).subspan(block_header_bytes);
    if (contents.empty()) return {};
    SnapshotBlockHeader header{};
    header.magic = SnapshotBlockHeader::magic_expected;
    header.index = blocks_++;
    header.nonce = header_.nonce;
    header.bytes = static_cast<std::uint32_t>(contents.size());
    header.crc = crc_of(header, contents);
    std::memcpy(block_.data(), &header, sizeof header);
    total_crc_ = crc32c(contents, total_crc_);
    bytes_ += contents.size();
    if (auto written = write(block_); !written) return written;
    block_.resize(block_header_bytes);
    return {};
}

std::uint64_t SnapshotWriter::bytes() const {
    return bytes_ + block_.size() - block_header_bytes;
}

Result<std::optional<std::uint64_t>> SnapshotWriter::finish(const Digest& digest) {
    EXPECT(!finished_);
    if (auto ended = end_block(); !ended) return ended.error();
    SnapshotFooter footer{};
    footer.magic = SnapshotFooter::magic_expected;
    footer.blocks = blocks_;
    footer.nonce = header_.nonce;
    footer.bytes = bytes_;
    footer.seq = header_.seq;
    footer.state_time_ms = header_.state_time_ms;
    footer.digest_high = digest.high;
    footer.digest_low = digest.low;
    footer.total_crc = total_crc_;
    footer.crc = crc_of(footer);
    if (auto written = write(std::as_bytes(std::span{&footer, 1})); !written) {
        return written.error();
    }
    auto& disk = *place_.disk;
    const auto full_name = place_.directory_name + "/" + place_.name;
    int error = disk.sync(fd_.get());
    if (error == 0) error = fd_.close();
    if (error != 0) return disk_fault(full_name + unfinished_suffix, "cannot be synced", error);
    if (auto right = verify_written(); !right) return right.error();
    error = disk.rename(place_.directory.get(), place_.name + unfinished_suffix, place_.name);
    if (error != 0) return disk_fault(full_name, "cannot be given its name", error);
    finished_ = true;
    error = disk.sync(place_.directory.get());
    if (error != 0) return disk_fault(place_.directory_name, "cannot be synced", error);
    return remove_old();
}

Result<void> SnapshotWriter::verify_written() {
    const auto unfinished = place_.name + unfinished_suffix;
    const auto full_name = place_.directory_name + "/" + unfinished;
    const auto look = SnapshotLook::at(*place_.disk, place_.directory.get(), unfinished, full_name,
                                       place_.identity, header_.seq);
    if (!look) return look.error();
    if (!look->reader) {
        return fault(ExitCode::io, full_name + ": reads back wrong from the device: " + look->flaw);
    }
    return {};
}

Result<std::optional<std::uint64_t>> SnapshotWriter::remove_old() {
    auto& disk = *place_.disk;
    const int directory = place_.directory.get();
    auto seqs = list_snapshots(disk, directory, place_.directory_name);
    if (!seqs) return seqs.error();
    std::optional<std::uint64_t> oldest;
    for (std::size_t n = 0; n < seqs->size(); ++n) {
        const auto seq = seqs->at(n);
        if (n + 1 == snapshots_kept) oldest = seq;
        if (n < snapshots_kept) continue;
        const auto file = numbered_name(seq, snapshot_suffix);
        if (const int error = disk.remove(directory, file); error != 0) {
            return disk_fault(place_.directory_name + "/" + file, "cannot be removed", error);
        }
    }
    return oldest;
}

}  // namespace usher::journal
