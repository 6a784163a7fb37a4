// What the golden journal of format 1 holds, said once for the program that made it and the test
// that reads it.
#pragma once

#include "base/instant.h"
#include "journal/snapshot.h"

#include <cstdint>

namespace usher::journal::testing::golden {

// Shard 0: three runs. The first was killed with its last two batches unconfirmed, of which one
// survived and one was torn; the second fills several segments and was killed; the third was
// closed.
inline constexpr std::uint64_t last_seq = 160;
inline constexpr std::uint64_t torn_bytes_dropped = 512;
inline constexpr std::uint64_t snapshot_seq = 40;
inline constexpr std::size_t snapshot_bytes = 5000;
inline constexpr Digest snapshot_digest{0x0123456789ABCDEF, 0xFEDCBA9876543210};
inline constexpr std::size_t record_bytes = 200;

}  // namespace usher::journal::testing::golden
