#include "journal/segment.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <vector>

#include "base/checksum.h"
#include "base/expect.h"

namespace usher::journal {
namespace {

constexpr std::size_t second_copy = header_block_bytes - sizeof(SegmentHeader);
/// Synced piece by piece: 64 MiB at once would hold up the syncs that answers wait for.
constexpr std::size_t zero_chunk_bytes = 1024 * 1024;

std::int64_t wall_ms() {
    using std::chrono::milliseconds;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<milliseconds>(now).count();
}

std::uint32_t crc_of(const SegmentHeader& header) {
    return crc32c(std::as_bytes(std::span{&header, 1}).first(offsetof(SegmentHeader, crc)));
}

SegmentHeader copy_at(std::span<const std::byte> block, std::size_t offset) {
    SegmentHeader header{};
    std::memcpy(&header, block.data() + offset, sizeof header);
    return header;
}

bool is_right(const SegmentHeader& header) {
    return header.magic == SegmentHeader::magic_expected && header.crc == crc_of(header);
}

/// For a header whose checksum is right.
std::optional<std::string> misfit(const SegmentHeader& header, const Identity& identity,
                                  std::uint64_t number) {
    if (header.endian != endian_tag) return "it was written on a machine of another byte order";
    if (auto trouble =
            version_trouble(header.major, header.minor, header.ro_compat, header.incompat)) {
        return trouble;
    }
    if (header.instance_high != identity.instance_high ||
        header.instance_low != identity.instance_low) {
        return "it belongs to another data directory (its instance differs from the one in META)";
    }
    if (header.shard != identity.shard) {
        return "it belongs to shard " + std::to_string(header.shard);
    }
    if (header.number != number) {
        return "it was segment " + std::to_string(header.number) + " when it was written";
    }
    const auto power_of_two = (header.alignment & (header.alignment - 1)) == 0;
    if (header.alignment < sector_bytes || header.alignment > header_block_bytes || !power_of_two) {
        return "its alignment of " + std::to_string(header.alignment) + " makes no sense";
    }
    return std::nullopt;
}

}  // namespace

std::string numbered_name(std::uint64_t number, std::string_view suffix) {
    std::array<char, name_digits + 1> digits{};
    std::snprintf(digits.data(), digits.size(), "%020llu",
                  static_cast<unsigned long long>(number));  // NOLINT: %llu wants it
    return std::string(digits.data()) + std::string(suffix);
}

std::optional<std::uint64_t> parse_numbered_name(std::string_view name, std::string_view suffix) {
    if (name.size() != name_digits + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
    std::uint64_t number = 0;
    const auto* const end = name.data() + name_digits;
    const auto parsed = std::from_chars(name.data(), end, number);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    return number;
}

Result<std::uint64_t> random_64() {
    std::uint64_t value = 0;
    for (;;) {
        const auto got = ::getrandom(&value, sizeof value, 0);
        if (got == sizeof value) return value;
        if (got < 0 && errno != EINTR) return system_fault(ExitCode::io, "getrandom", errno);
    }
}

std::optional<std::string> version_trouble(std::uint16_t major, std::uint16_t minor,
                                           std::uint32_t ro_compat, std::uint32_t incompat) {
    if (major != format_major) {
        return "it has format " + std::to_string(major) + "." + std::to_string(minor) +
               ", this program knows " + std::to_string(format_major) + "." +
               std::to_string(format_minor) + "; use the version of usher that wrote it, or newer";
    }
    if ((incompat & ~known_incompat) != 0 || (ro_compat & ~known_ro_compat) != 0) {
        return "it uses features that this program does not know (incompat " +
               std::to_string(incompat) + ", ro_compat " + std::to_string(ro_compat) +
               "); use the version of usher that wrote it, or newer";
    }
    return std::nullopt;
}

int SegmentMaker::fill(int fd, const SegmentHeader& header, std::uint64_t bytes) const {
    std::array<std::byte, header_block_bytes> block{};
    std::memcpy(block.data(), &header, sizeof header);
    std::memcpy(block.data() + second_copy, &header, sizeof header);
    if (const int error = write_all(disk_, fd, block, 0); error != 0) return error;

    const std::vector<std::byte> zeros(std::min<std::uint64_t>(zero_chunk_bytes, bytes));
    for (std::uint64_t offset = block.size();;) {
        const auto step = std::min<std::uint64_t>(zeros.size(), bytes - offset);
        const auto part = std::span(zeros).first(static_cast<std::size_t>(step));
        if (const int error = write_all(disk_, fd, part, offset); error != 0) return error;
        offset += step;
        if (offset == bytes) return disk_.sync(fd);
        if (const int error = disk_.sync_contents(fd); error != 0) return error;
    }
}

Result<Segment> SegmentMaker::make(std::uint64_t number, std::uint64_t bytes) const {
    EXPECT(bytes > header_block_bytes);
    const auto epoch = random_64();
    if (!epoch) return epoch.error();
    SegmentHeader header{};
    header.magic = SegmentHeader::magic_expected;
    header.major = format_major;
    header.minor = format_minor;
    header.endian = endian_tag;
    header.incompat = incompat_;
    header.alignment = alignment_;
    header.instance_high = identity_.instance_high;
    header.instance_low = identity_.instance_low;
    header.shard = identity_.shard;
    header.durability = durability_;
    header.number = number;
    header.epoch = *epoch;
    header.created_ms = wall_ms();
    header.prepared_bytes = bytes;
    header.crc = crc_of(header);

    const auto name = numbered_name(number, segment_suffix);
    const auto unfinished = name + unfinished_suffix;
    const auto full_name = journal_name_ + "/" + name;
    OwnedFd fd{disk_, disk_.open(journal_fd_, unfinished, OpenFor::creating)};
    if (!fd.is_open()) return disk_fault(full_name + ".tmp", "cannot be made", fd.get());
    if (const int error = fill(fd.get(), header, bytes); error != 0) {
        disk_.remove(journal_fd_, unfinished);  // gives the space back if the disk is full
        return disk_fault(full_name + ".tmp", "cannot be filled with zeros", error);
    }
    if (const int error = disk_.rename(journal_fd_, unfinished, name); error != 0) {
        return disk_fault(full_name, "cannot be given its name", error);
    }
    if (const int error = disk_.sync(journal_fd_); error != 0) {
        return disk_fault(journal_name_, "cannot be synced", error);
    }
    return Segment{std::move(fd), full_name, number, *epoch, bytes};
}

void SegmentMaker::drop_cached(std::uint64_t number) const {
    const auto name = numbered_name(number, segment_suffix);
    const OwnedFd fd{disk_, disk_.open(journal_fd_, name, OpenFor::reading)};
    if (fd.is_open()) disk_.drop_cached(fd.get());
}

Result<CheckedSegmentHeader> check_segment_header(std::span<const std::byte> block,
                                                  const std::string& name, const Identity& identity,
                                                  std::uint64_t number) {
    const auto refuse = [&](const std::string& why) {
        return fault(ExitCode::data, name + ": cannot be used: " + why + ". Nothing was changed.");
    };
    if (block.size() < header_block_bytes) return refuse("it is shorter than its header");
    const auto first = copy_at(block, 0);
    const auto second = copy_at(block, second_copy);
    const auto between = block.first(second_copy).subspan(sizeof(SegmentHeader));
    CheckedSegmentHeader checked;
    if (is_right(first)) {
        checked.header = first;
    } else if (is_right(second)) {
        checked.header = second;
    } else if (first.magic != SegmentHeader::magic_expected &&
               second.magic != SegmentHeader::magic_expected) {
        return refuse("it is no segment of a journal, or both copies of its header are damaged");
    } else {
        return refuse("both copies of its header are damaged");
    }
    checked.damaged =
        !is_right(first) || !is_right(second) || std::memcmp(&first, &second, sizeof first) != 0 ||
        std::any_of(between.begin(), between.end(), [](std::byte b) { return b != std::byte{0}; });
    if (const auto why = misfit(checked.header, identity, number)) return refuse(*why);
    return checked;
}

}  // namespace usher::journal
