#include "tests/year/desk.h"

#include <memory>

#include "engine/event.h"
#include "roster/roster.h"

namespace usher::year {

Result<std::unique_ptr<Desk>> Desk::open(const std::string& roster) {
    const roster::SourceFile file{"roster.toml", roster};
    auto parsed = roster::parse({&file, 1});
    if (parsed.definition) return std::unique_ptr<Desk>(new Desk(std::move(*parsed.definition)));
    std::string why = "the roster is refused";
    for (const auto& problem : parsed.problems)
        if (!problem.warning)
            why += "\n  line " + std::to_string(problem.line) + ": " + problem.message;
    return fault(ExitCode::data, why);
}

Desk::Desk(engine::AccountDefinition definition)
    : definition_(std::move(definition)), reader_(definition_.key, true) {}

const std::vector<Happening>& Desk::carry_out(std::string_view text, std::string& refused) {
    happened_.clear();
    const auto& line = reader_.read(text, 1);
    refused = line.wrong;
    if (!refused.empty()) return happened_;
    const Instant now{*line.at_ms};
    if (!begun_) engine_.apply_roster(definition_.key, definition_, {}, now, *this, answer_);
    begun_ = true;
    engine_.handle(line.request, now, *this, answer_);
    if (answer_.reject != protocol::Reject::none)
        refused = std::string(protocol::reject_name(answer_.reject)) + ": " + answer_.message;
    return happened_;
}

void Desk::append(const engine::Fact& fact) {
    const auto* names = engine_.account(definition_.key);
    protocol::EventView event;
    if (names == nullptr || !engine::event_of(*names, fact, event)) return;
    happened_.push_back({event.at_ms, std::string(protocol::event_name(event.kind)),
                         std::string(event.ticket), std::string(event.agent),
                         std::string(event.channel), event.cause.empty(),
                         event.open.value_or(true)});
}

}  // namespace usher::year
