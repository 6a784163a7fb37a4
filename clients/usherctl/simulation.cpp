#include "clients/usherctl/simulation.h"

#include <utility>

#include "clients/scenario/file_text.h"
#include "roster/submission.h"

namespace usher::scenario {
namespace {

std::vector<roster::SourceFile> source_files(const std::vector<NamedText>& texts) {
    std::vector<roster::SourceFile> files;
    for (const auto& [name, text] : texts) files.push_back({name, text});
    return files;
}

}  // namespace

Result<RosterReading> read_roster(const std::vector<std::string>& paths) {
    const auto texts = named_texts({}, paths);
    if (!texts) return texts.error();
    auto parsed = roster::parse(source_files(*texts));
    return RosterReading{std::move(parsed.definition), std::move(parsed.problems)};
}

Simulation::Simulation(engine::AccountDefinition roster, std::filesystem::path folder)
    : account_(roster.key),
      roster_(std::move(roster)),
      folder_(std::move(folder)),
      reader_(account_, true),
      engine_(engine::EngineOptions{}) {}

void Simulation::begin(Instant at) {
    if (!roster_) return;
    engine_.apply_roster(account_, *roster_, {}, at, facts_, answer_);
    roster_.reset();
}

Exchange Simulation::take(std::string_view text, std::uint64_t number) {
    auto& line = reader_.read(text, number);
    if (line.wrong.empty()) {
        begin(Instant{*line.at_ms});
        carry_out(line);
    } else {
        answer_ = line.refusal();
    }
    return {line.heading, answer_, line.broken};
}

void Simulation::carry_out(const Line& line) {
    if (line.apply) return apply(line);
    engine_.handle(line.request, Instant{*line.at_ms}, facts_, answer_);
}

void Simulation::apply(const Line& line) {
    const Instant now{*line.at_ms};
    const auto texts = named_texts(folder_, line.apply->files);
    if (!texts) {
        answer_ = unreadable_roster(texts.error(), now.ms);
        return;
    }
    roster::submit(engine_, account_, source_files(*texts),
                   {line.apply->dry_run, line.apply->unassign, line.request.key}, now, facts_,
                   answer_);
}

std::string Simulation::digest() {
    begin(Instant{});
    return engine_.digest().text();
}

}  // namespace usher::scenario
