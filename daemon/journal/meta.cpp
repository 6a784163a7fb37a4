#include "journal/meta.h"

#include "base/checksum.h"
#include "journal/aligned.h"
#include "journal/device_file.h"
#include "journal/format.h"

#include <array>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <optional>

namespace usher::journal {
namespace {

constexpr std::string_view title = "usher data directory\n";
constexpr std::string_view checksum_field = "crc32c = ";

std::uint32_t crc_of(std::string_view text) {
    return crc32c(std::as_bytes(std::span{text.data(), text.size()}));
}

std::string hexadecimal(std::uint64_t value, int digits) {
    std::array<char, 17> text{};
    std::snprintf(text.data(), text.size(), "%0*" PRIx64, digits, value);
    return text.data();
}

template <class T>
std::optional<T> number(std::string_view text, int base = 10) {
    T value{};
    const auto* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value, base);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    return value;
}

/// The lines of a META in order, each with the name that it must have.
class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {}

    std::optional<std::string_view> value(std::string_view name) {
        const auto end = rest_.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        auto line = rest_.substr(0, end);
        if (!line.starts_with(name)) return std::nullopt;
        line.remove_prefix(name.size());
        if (!line.starts_with(" = ")) return std::nullopt;
        rest_.remove_prefix(end + 1);
        return line.substr(3);
    }

    std::string_view rest() const { return rest_; }

  private:
    std::string_view rest_;
};

std::optional<Meta> decode_lines(Lines& lines) {
    Meta meta;
    const auto format = lines.value("format");
    const auto instance = lines.value("instance");
    const auto created = lines.value("created_ms");
    const auto shards = lines.value("shards");
    const auto clock = lines.value("clock");
    if (!format || !instance || !created || !shards || !clock || !lines.rest().empty()) {
        return std::nullopt;
    }
    std::string digits;
    for (const char c : *instance) {
        if (c != '-') digits += c;
    }
    if (digits.size() != 32) return std::nullopt;
    const auto high = number<std::uint64_t>(std::string_view(digits).substr(0, 16), 16);
    const auto low = number<std::uint64_t>(std::string_view(digits).substr(16), 16);
    const auto format_number = number<std::uint32_t>(*format);
    const auto created_ms = number<std::int64_t>(*created);
    const auto count = number<std::uint32_t>(*shards);
    if (!high || !low || !format_number || !created_ms || !count) return std::nullopt;
    if (*count == 0 || *count > shards_max || (*clock != "wall" && *clock != "trace")) {
        return std::nullopt;
    }
    meta.format = *format_number;
    meta.instance_high = *high;
    meta.instance_low = *low;
    meta.created = {*created_ms};
    meta.shards = *count;
    meta.clock = *clock == "wall" ? Clock::wall : Clock::trace;
    return meta;
}

}  // namespace

std::string uuid_text(std::uint64_t high, std::uint64_t low) {
    const auto digits = hexadecimal(high, 16) + hexadecimal(low, 16);
    return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" + digits.substr(12, 4) + "-" +
           digits.substr(16, 4) + "-" + digits.substr(20);
}

std::string shard_directory_name(std::uint32_t shard) {
    return shard < 10 ? "shard-0" + std::to_string(shard) : "shard-" + std::to_string(shard);
}

std::string encode_meta(const Meta& meta) {
    std::string text{title};
    text += "format = " + std::to_string(meta.format) + "\n";
    text += "instance = " + uuid_text(meta.instance_high, meta.instance_low) + "\n";
    text += "created_ms = " + std::to_string(meta.created.ms) + "\n";
    text += "shards = " + std::to_string(meta.shards) + "\n";
    text += std::string("clock = ") + (meta.clock == Clock::wall ? "wall" : "trace") + "\n";
    text += std::string(checksum_field) + hexadecimal(crc_of(text), 8) + "\n";
    return text;
}

Result<Meta> decode_meta(std::string_view text, const std::string& name) {
    const auto damaged = [&](const char* why) {
        return fault(ExitCode::data,
                     name + ": damaged (" + why +
                         "). Nothing was changed; put back the META of this directory, whose "
                         "instance the header of every journal segment repeats");
    };
    if (!text.starts_with(title)) return damaged("it does not begin as it should");
    const auto checksum = text.rfind(checksum_field);
    if (checksum == std::string_view::npos) return damaged("its checksum is missing");
    const auto covered = text.substr(0, checksum);
    if (text.substr(checksum) !=
        std::string(checksum_field) + hexadecimal(crc_of(covered), 8) + "\n") {
        return damaged("its checksum is wrong");
    }
    // The version first: a newer META may hold lines that this program cannot read.
    Lines versions{covered.substr(title.size())};
    const auto format = versions.value("format");
    const auto format_number = format ? number<std::uint32_t>(*format) : std::nullopt;
    if (!format_number) return damaged("it names no format");
    if (*format_number != meta_format) {
        return fault(ExitCode::data, name + ": has format " + std::string(*format) +
                                         ", this program knows " + std::to_string(meta_format) +
                                         "; use the version of usher that made it, or newer");
    }
    Lines lines{covered.substr(title.size())};
    const auto meta = decode_lines(lines);
    if (!meta) return damaged("a line makes no sense");
    return *meta;
}

Result<void> replace_file(Disk& disk, int directory, const std::string& directory_name,
                          const std::string& file, std::string_view text) {
    const auto full_name = directory_name + "/" + file;
    const auto unfinished = file + unfinished_suffix;
    OwnedFd fd{disk, disk.open(directory, unfinished, OpenFor::creating)};
    if (!fd.is_open()) {
        return system_fault(ExitCode::cannot_create, full_name + unfinished_suffix, -fd.get());
    }
    int error = write_all(disk, fd.get(), std::as_bytes(std::span{text.data(), text.size()}), 0);
    if (error == 0) error = disk.sync(fd.get());
    if (error == 0) error = fd.close();
    if (error == 0) error = disk.rename(directory, unfinished, file);
    if (error == 0) error = disk.sync(directory);
    if (error != 0) return disk_fault(full_name, "cannot be written", error);
    return {};
}

Result<std::string> read_small_file(Disk& disk, int directory, const std::string& file,
                                    const std::string& full_name, std::size_t bytes_max) {
    auto opened = DeviceFile::open(disk, directory, file, full_name);
    if (!opened) return opened.error();
    if (opened->size() > bytes_max) {
        return fault(ExitCode::data, full_name + ": is larger than any that usher writes");
    }
    const auto bytes = opened->at(0, bytes_max);
    if (!bytes) return bytes.error();
    return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

}  // namespace usher::journal
