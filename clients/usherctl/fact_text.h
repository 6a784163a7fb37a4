// A fact as a line, for whoever looks into a journal: JSON for programs, words for people. What
// clients and rosters have written (keys, texts, properties, answers) is shown only if it is asked
// for; else its length stands in its place. Numbers are the journal's own. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/fact.h"

namespace usher::ctl {

/// "opened", "placed", …: by the place in FactBody.
std::string_view fact_kind(std::size_t kind);
inline constexpr std::size_t fact_kinds = std::variant_size_v<engine::FactBody>;

/// The request that a fact came from, or "time".
std::string_view cause_name(engine::Cause cause);
/// How a winner was found: "load", "tie", "turn", …
std::string_view decided_by_name(engine::DecidedBy by);

struct FactPlace {
    std::uint32_t shard = 0;
    std::uint64_t seq = 0;
};

/// A line of JSON, or of words; with its end.
void append_fact(std::string& out, const FactPlace& place, const engine::Fact& fact, bool redact,
                 bool json);

}  // namespace usher::ctl
