// Short ways to read a roster in a test and to look at what came out.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "roster/roster.h"

namespace usher::roster {

/// "line:column: error: message (hint)", as a compiler would say it.
inline std::string line_of(const Problem& problem) {
    return std::to_string(problem.line) + ":" + std::to_string(problem.column) + ": " +
           (problem.warning ? "warning" : "error") + ": " + problem.message + " (" + problem.hint +
           ")";
}

inline Parsed parse_one(std::string_view text, std::string name = "roster.toml") {
    const std::vector<SourceFile> files = {{std::move(name), text}};
    return parse(files);
}

/// The definition of a roster that has no mistake; a failure and an empty one if it has.
inline engine::AccountDefinition definition_of(std::string_view text) {
    auto parsed = parse_one(text);
    if (parsed.definition) return std::move(*parsed.definition);
    for (const auto& problem : parsed.problems) ADD_FAILURE() << line_of(problem);
    return {};
}

}  // namespace usher::roster
