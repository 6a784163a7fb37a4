// META as text: one `name = value` a line, a checksum in the last. Text, because it is the first
// thing that somebody looks at when a directory does not start.
#pragma once

#include "base/result.h"
#include "journal/directory.h"
#include "journal/disk.h"

#include <string>
#include <string_view>

namespace usher::journal {

inline constexpr const char* meta_name = "META";
inline constexpr std::uint32_t meta_format = 1;

std::string encode_meta(const Meta& meta);
/// `name` is for the fault: damaged (data), of a newer format (data).
Result<Meta> decode_meta(std::string_view text, const std::string& name);

/// 8-4-4-4-12 hexadecimal digits.
std::string uuid_text(std::uint64_t high, std::uint64_t low);

std::string shard_directory_name(std::uint32_t shard);

/// Writes a small file so that readers see the old or the new one, and so that it stays: `.tmp`,
/// sync, rename, sync of the directory.
Result<void> replace_file(Disk& disk, int directory, const std::string& directory_name,
                          const std::string& file, std::string_view text);

/// The whole of a small file; a fault if it is larger than `bytes_max`.
Result<std::string> read_small_file(Disk& disk, int directory, const std::string& file,
                                    const std::string& full_name, std::size_t bytes_max);

}  // namespace usher::journal
