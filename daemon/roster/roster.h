// From the text of a roster (TOML, docs/roster.md) to an account definition, and from two
// definitions to what changed between them.
//
// parse() finds every mistake in one go: each problem says where (file, line, column), what is
// wrong and what to do. It gives a definition only if there is no error; warnings may stand beside
// one. A syntax error ends the reading of its file, and then nothing else is looked at.
//
// Pure functions of their arguments and of the machine's time-zone database; any thread. Nothing
// that is given back points into the text. No exception leaves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/definition.h"
#include "protocol/answer.h"

namespace usher::roster {

/// So many problems are listed at most, errors before warnings; one more line counts the rest.
inline constexpr std::size_t problems_max = 500;
/// So many lines of a difference are listed at most; one more line counts the rest.
inline constexpr std::size_t diff_lines_max = 1000;

/// `name` is for messages only. The text needs to live for the call.
struct SourceFile {
    std::string name;
    std::string_view text;
};

/// file, line, column (both from 1), message, hint (may be empty), warning.
using Problem = protocol::RosterError;

struct Parsed {
    std::optional<engine::AccountDefinition> definition;  ///< only if no problem is an error
    std::vector<Problem> problems;                        ///< by file, line, column
};

/// Reads one account from all the files together.
Parsed parse(std::span<const SourceFile> files);

/// Counts are of objects as a roster writes them: the account, skills, teams, agents, pipelines,
/// inboxes, rules of their own and channels (with the rule that is written in them).
struct Diff {
    std::uint32_t added = 0;
    std::uint32_t changed = 0;
    std::uint32_t removed = 0;
    std::vector<std::string> lines;  ///< "added agent anna", by kind, then in the roster's order
};

/// What it takes to come from `before` (nullptr: nothing) to `after`. Things are the same if their
/// keys are; each definition's numbers are its own. Of the order of the agents only what changes
/// between agents that both have is a change: that a file has moved on by a line is none.
Diff diff(const engine::AccountDefinition* before, const engine::AccountDefinition& after);

}  // namespace usher::roster
