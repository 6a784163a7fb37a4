// Every bound of the wire, in one place. A frame or field over its bound is refused by name.
#pragma once

#include <cstddef>
#include <cstdint>

namespace usher::protocol {

inline constexpr std::size_t key_bytes_max = 64;            ///< ids, ticket keys, request keys
inline constexpr std::size_t frame_bytes_max = 256 * 1024;  ///< default; `ceiling` cannot be passed
inline constexpr std::size_t frame_bytes_ceiling = 1024 * 1024;
inline constexpr std::uint32_t batch_requests_max = 1024;  ///< default
inline constexpr std::size_t property_count_max = 64;
inline constexpr std::size_t property_value_bytes_max = 1024;
inline constexpr std::size_t skill_count_max = 32;
inline constexpr std::size_t roster_part_bytes_max = 128 * 1024;
inline constexpr std::size_t file_name_bytes_max = 1024;   ///< of a part of a roster
inline constexpr std::size_t client_name_bytes_max = 128;  ///< of hello
inline constexpr std::size_t roster_lines_max =
    10'000;  ///< changes, and errors, that a reply lists
inline constexpr std::size_t reply_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t cursor_bytes_max = 128;  ///< the `after` of a list
inline constexpr std::uint32_t list_limit_default = 1000;
inline constexpr std::uint32_t list_limit_max = 10'000;
inline constexpr std::uint32_t follow_events_max = 1000;
inline constexpr std::uint32_t follow_wait_ms_max = 30'000;
inline constexpr std::uint8_t priority_max = 9;
inline constexpr std::uint32_t capacity_max = 1'000'000;

}  // namespace usher::protocol
