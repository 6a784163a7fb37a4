#include "tests/engine/world.h"

#include <iostream>

#include "base/expect.h"
#include "clients/scenario/instant_text.h"
#include "engine/image.h"
#include "roster/submission.h"

namespace usher::testing {

World::World(std::string_view roster, std::string_view instant) : at_(instant) {
    apply(roster);
    if (answer.reject == protocol::Reject::none) return;
    for (const auto& error : answer.roster->errors)
        std::cerr << error.file << ":" << error.line << ": " << error.message << "\n";
    EXPECT(answer.reject == protocol::Reject::none);
}

const protocol::Answer& World::send(std::string line) {
    if (line.find("\"at\"") == std::string::npos) line.insert(1, "\"at\":\"" + at_ + "\",");
    auto& read = reader_.read(line, 1);
    EXPECT(read.wrong.empty());
    engine.handle(read.request, {*read.at_ms}, facts, answer);
    return answer;
}

const protocol::Answer& World::apply(std::string_view roster, engine::RosterFlags flags) {
    const auto& when = reader_.read(R"({"do":"tick","at":")" + at_ + "\"}", 1);
    const roster::SourceFile file{"roster.toml", roster};
    roster::submit(engine, "acme", {&file, 1}, flags, {*when.at_ms}, facts, answer);
    return answer;
}

std::string World::outcome(const std::string& line) {
    const auto& got = send(line);
    std::string words{protocol::outcome_name(got.outcome())};
    if (got.placement.reason != protocol::Reason::none)
        words += " " + std::string(protocol::reason_name(got.placement.reason));
    if (!got.placement.owner.key.empty()) words += " " + std::string(got.placement.owner.key);
    return words;
}

std::string World::reject(const std::string& line) {
    return std::string(protocol::reject_name(send(line).reject));
}

std::unique_ptr<engine::Engine> replayed(const FactKeeper& facts) {
    auto engine = std::make_unique<engine::Engine>();
    for (const auto& record : facts.records) {
        engine::Fact fact;
        EXPECT(engine::decode_fact(record, fact));
        EXPECT(engine->replay(fact));
    }
    return engine;
}

std::unique_ptr<engine::Engine> reloaded(const engine::Engine& from) {
    std::vector<std::byte> image;
    EXPECT(engine::save_image(from, [&](std::span<const std::byte> piece) -> Result<void> {
        image.insert(image.end(), piece.begin(), piece.end());
        return {};
    }));
    auto engine = std::make_unique<engine::Engine>();
    const auto loaded = engine::load_image(image, *engine);
    EXPECT(loaded);
    return engine;
}

std::string small_desk(std::string_view rule, std::string_view more) {
    std::string text = R"(
[account]
key = "acme"
seed = 7
[[inbox]]
key = "desk"
workspace = "helpdesk"
[[team]]
key = "t"
[[channel]]
key = "mail"
kind = "email"
inbox = "desk"
  [channel.rule]
  assign_to = "users_and_teams"
  teams = ["t"]
)";
    text += rule;
    for (const auto* agent : {"a", "b", "c"})
        text += "\n[[agent]]\nkey = \"" + std::string(agent) +
                "\"\nseat = \"service\"\nmain_team = \"t\"\navailability = \"available\"\n";
    return text + std::string(more);
}

}  // namespace usher::testing
