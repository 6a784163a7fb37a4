// The clock of a core: reads the machine's two clocks and asks shard/wall_clock.h what instant they
// come to, says in the log what the wall did, and shows on the board how it stands. Under
// `--clock trace`, where requests bring their instants, it is the wall's reading and nothing else.
// One a core, on its thread.
#pragma once

#include <cstdint>

#include "base/instant.h"
#include "net/clock_board.h"
#include "shard/wall_clock.h"

namespace usher::net {

/// The wall's and the boot clock, as the machine has them.
shard::ClockReading read_clocks();

class DeskClock {
  public:
    struct Beginning {
        bool judges = true;  ///< false: --clock trace
        Instant latest{};    ///< the latest instant that any shard has kept
    };
    /// `read`: where readings come from; tests have others.
    DeskClock(std::uint32_t core, ClockBoard& board, Beginning beginning,
              shard::ClockReading (*read)() = read_clocks);

    Instant now();

  private:
    void tell(Instant boot);
    void show();

    std::uint32_t core_;
    ClockBoard& board_;
    bool judges_;
    shard::ClockReading (*read_)();
    shard::WallClock clock_;
    std::int64_t shown_ahead_ms_ = 0;
};

}  // namespace usher::net
