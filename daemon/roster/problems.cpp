#include "roster/problems.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace usher::roster {

void Problems::error(Place at, std::string message, std::string hint) {
    ++errors_;
    found_.push_back({at, false, std::move(message), std::move(hint)});
}

void Problems::warning(Place at, std::string message, std::string hint) {
    found_.push_back({at, true, std::move(message), std::move(hint)});
}

std::vector<Problem> Problems::take(std::span<const SourceFile> files) {
    std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
        return std::tie(a.at.file, a.at.line, a.at.column, a.warning) <
               std::tie(b.at.file, b.at.line, b.at.column, b.warning);
    });
    cut();
    std::vector<Problem> out;
    out.reserve(found_.size());
    for (auto& one : found_) {
        out.push_back({one.at.file < files.size() ? files[one.at.file].name : std::string{},
                       one.at.line, one.at.column, std::move(one.message), std::move(one.hint),
                       one.warning});
    }
    found_.clear();
    errors_ = 0;
    return out;
}

// Keeps the first errors, fills up with the first warnings, and says at the end what was left out.
void Problems::cut() {
    if (found_.size() <= problems_max) return;
    const auto errors_kept = std::min(errors_, problems_max);
    const auto warnings_kept = problems_max - errors_kept;
    std::size_t errors_seen = 0;
    std::size_t warnings_seen = 0;
    Place last;
    std::vector<Found> kept;
    kept.reserve(problems_max + 1);
    for (auto& one : found_) {
        last = one.at;
        const bool keep =
            one.warning ? warnings_seen++ < warnings_kept : errors_seen++ < errors_kept;
        if (keep) kept.push_back(std::move(one));
    }
    const auto more_errors = errors_seen - errors_kept;
    const auto more_warnings = warnings_seen - warnings_kept;
    kept.push_back({last, more_errors == 0,
                    std::to_string(more_errors) + " more errors and " +
                        std::to_string(more_warnings) + " more warnings are not listed",
                    "mend what is listed first, then look again"});
    found_ = std::move(kept);
}

}  // namespace usher::roster
