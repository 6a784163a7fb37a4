#include "roster/submission.h"

#include <algorithm>
#include <utility>

namespace usher::roster {
namespace {

void refuse(std::vector<Problem> problems, std::string message, Instant now,
            protocol::Answer& answer) {
    answer.refuse(protocol::Reject::bad_roster, std::move(message));
    answer.roster.emplace().errors = std::move(problems);
    answer.at_ms = now.ms;
}

}  // namespace

engine::Progress submit(engine::Engine& engine, std::string_view account,
                        std::span<const SourceFile> files, engine::RosterFlags flags, Instant now,
                        engine::FactLog& log, protocol::Answer& answer) {
    auto parsed = parse(files);
    if (!parsed.definition) {
        const auto errors = std::ranges::count(parsed.problems, false, &Problem::warning);
        refuse(std::move(parsed.problems),
               "the roster has " + std::to_string(errors) + (errors == 1 ? " error" : " errors"),
               now, answer);
        return engine::Progress::finished;
    }
    if (parsed.definition->key != account) {
        refuse({},
               "the roster is one of account " + parsed.definition->key + ", not of " +
                   std::string(account),
               now, answer);
        return engine::Progress::finished;
    }
    const auto* standing = engine.account(account);
    auto changes = diff(standing == nullptr ? nullptr : &standing->definition, *parsed.definition);
    flags.changes = {changes.added, changes.changed, changes.removed, std::move(changes.lines),
                     std::move(parsed.problems)};
    return engine.apply_roster(account, *parsed.definition, flags, now, log, answer);
}

}  // namespace usher::roster
