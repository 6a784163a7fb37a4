// A roster as text is handed in: read, compared with what stands, carried out by the engine. The
// same for a daemon's shard and for a simulation, so that both answer alike.
#pragma once

#include <span>
#include <string_view>

#include "engine/engine.h"
#include "roster/roster.h"

namespace usher::roster {

/// Fills the answer: `done` with what was added, changed and removed, or the refusal: bad_roster
/// with every error, or what the engine refuses (in_use, clock_backwards).
engine::Progress submit(engine::Engine& engine, std::string_view account,
                        std::span<const SourceFile> files, engine::RosterFlags flags, Instant now,
                        engine::FactLog& log, protocol::Answer& answer);

}  // namespace usher::roster
