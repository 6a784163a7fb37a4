#include "journal/watermark.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/checksum.h"
#include "journal/aligned.h"

namespace usher::journal {
namespace {

std::uint32_t crc_of(const WatermarkSlot& slot) {
    return crc32c(std::as_bytes(std::span{&slot, 1}).first(offsetof(WatermarkSlot, crc)));
}

bool all_zero(std::span<const std::byte> bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

struct Slots {
    std::array<std::optional<WatermarkSlot>, 2> valid;
    bool damaged = false;

    const std::optional<WatermarkSlot>& newest() const {
        if (!valid[0]) return valid[1];
        if (!valid[1]) return valid[0];
        return valid[0]->turn > valid[1]->turn ? valid[0] : valid[1];
    }
};

Slots parse(std::span<const std::byte> bytes) {
    Slots slots;
    slots.damaged = bytes.size() != watermark_file_bytes;
    std::size_t rest = 0;
    for (std::size_t n = 0; n < 2; ++n) {
        const auto offset = watermark_slot_offset[n];
        if (bytes.size() < offset + sizeof(WatermarkSlot)) return slots;
        WatermarkSlot slot{};
        std::memcpy(&slot, bytes.data() + offset, sizeof slot);
        if (slot.magic == WatermarkSlot::magic_expected && slot.crc == crc_of(slot)) {
            slots.valid[n] = slot;
        } else {
            slots.damaged = true;
        }
        slots.damaged = slots.damaged || !all_zero(bytes.subspan(rest, offset - rest));
        rest = offset + sizeof slot;
    }
    slots.damaged = slots.damaged || !all_zero(bytes.subspan(rest));
    return slots;
}

Result<Slots> load(Disk& disk, int fd, const std::string& name) {
    AlignedBytes buffer;
    const auto room = buffer.room(watermark_file_bytes);
    const auto got = read_all(disk, fd, room, 0);
    if (got < 0) return disk_fault(name, "cannot be read", got);
    return parse(std::span<const std::byte>(room).first(static_cast<std::size_t>(got)));
}

}  // namespace

Result<WatermarkReading> read_watermark(Disk& disk, int directory_fd,
                                        const std::string& directory_name,
                                        const Identity& identity) {
    const auto name = directory_name + "/" + watermark_name;
    WatermarkReading reading;
    const OwnedFd fd{disk, disk.open(directory_fd, watermark_name, OpenFor::reading_device)};
    if (fd.get() == -ENOENT) {
        reading.warnings.push_back(name + ": missing; the end of the journal is trusted as it is");
        return reading;
    }
    if (!fd.is_open()) return disk_fault(name, "cannot be opened", fd.get());
    const auto slots = load(disk, fd.get(), name);
    if (!slots) return slots.error();
    reading.slot = slots->newest();
    if (!reading.slot) {
        reading.warnings.push_back(name + ": damaged; the end of the journal is trusted as it is");
        return reading;
    }
    if (slots->damaged) reading.warnings.push_back(name + ": partly damaged, the rest was used");
    if (reading.slot->instance_low != identity.instance_low ||
        reading.slot->shard != identity.shard) {
        return fault(ExitCode::data, name +
                                         ": belongs to another data directory or shard. Nothing "
                                         "was changed; put the right files back");
    }
    return reading;
}

Result<Watermark> Watermark::open(Disk& disk, int directory_fd, const std::string& directory_name,
                                  const Identity& identity, std::uint64_t epoch,
                                  std::uint64_t durable_seq) {
    const auto name = directory_name + "/" + watermark_name;
    std::uint64_t turn = 0;
    if (const OwnedFd old{disk, disk.open(directory_fd, watermark_name, OpenFor::reading_device)};
        old.is_open()) {
        const auto slots = load(disk, old.get(), name);
        if (!slots) return slots.error();
        if (slots->newest()) turn = slots->newest()->turn;
    }
    // Written anew at each start: what was damaged is whole again, and both slots hold a value.
    const auto unfinished = std::string(watermark_name) + unfinished_suffix;
    OwnedFd fd{disk, disk.open(directory_fd, unfinished, OpenFor::creating)};
    if (!fd.is_open()) return disk_fault(name + ".tmp", "cannot be made", fd.get());
    const std::array<std::byte, watermark_file_bytes> zeros{};
    if (const int error = write_all(disk, fd.get(), zeros, 0); error != 0) {
        return disk_fault(name + ".tmp", "cannot be written", error);
    }
    Watermark watermark{disk, std::move(fd), name, identity, turn};
    for (int slot = 0; slot < 2; ++slot) {
        if (auto stored = watermark.store(epoch, durable_seq); !stored) return stored.error();
    }
    if (auto synced = watermark.sync(); !synced) return synced.error();
    if (const int error = disk.rename(directory_fd, unfinished, watermark_name); error != 0) {
        return disk_fault(name, "cannot be given its name", error);
    }
    if (const int error = disk.sync(directory_fd); error != 0) {
        return disk_fault(directory_name, "cannot be synced", error);
    }
    return watermark;
}

Result<void> Watermark::store(std::uint64_t epoch, std::uint64_t durable_seq, bool clean_close) {
    WatermarkSlot slot{};
    slot.magic = WatermarkSlot::magic_expected;
    slot.shard = identity_.shard;
    slot.clean_close = clean_close ? 1 : 0;
    slot.turn = ++turn_;
    slot.epoch = epoch;
    slot.durable_seq = durable_seq;
    slot.instance_low = identity_.instance_low;
    slot.crc = crc_of(slot);
    const auto bytes = std::as_bytes(std::span{&slot, 1});
    if (const int error = write_all(*disk_, fd_.get(), bytes, watermark_slot_offset[turn_ % 2]);
        error != 0) {
        return disk_fault(name_, "cannot be written", error);
    }
    return {};
}

Result<void> Watermark::sync() {
    const int error = disk_->sync(fd_.get());
    if (error != 0) return disk_fault(name_, "cannot be synced", error);
    return {};
}

}  // namespace usher::journal
