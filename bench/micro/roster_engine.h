// An engine with the load client's account on it, for benches: `agents` agents, 40 skills of which
// each is held by half of them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/engine.h"

namespace usher::bench {

inline constexpr std::string_view engine_account = "bench";

struct RosteredEngine {
    std::unique_ptr<engine::Engine> engine;
    Instant now{1'700'000'000'000};
};

/// Facts of the roster go to `log` as well. Ends the program if the roster is refused.
RosteredEngine make_engine(std::uint32_t agents, engine::FactLog& log);

}  // namespace usher::bench
