// A scenario carried out by an engine in this process: no daemon, no disk, no clock but the
// scenario's own. The account is the roster's; it is applied at the instant of the first request,
// as if by the line before. Answers are the same as a daemon's under the trace clock.
//
// What take() returns is good until its next call. One thread.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "clients/scenario/request_line.h"
#include "engine/engine.h"
#include "protocol/answer.h"
#include "roster/roster.h"

namespace usher::scenario {

/// One line's answer and what it repeats of its request.
struct Exchange {
    const Heading& heading;
    const protocol::Answer& answer;
    bool broken = false;  ///< the line was no JSON object
};

class Simulation {
  public:
    /// Rosters that the scenario applies are looked for in `folder`.
    Simulation(engine::AccountDefinition roster, std::filesystem::path folder);

    Exchange take(std::string_view line, std::uint64_t number);

    /// The account's whole state in 128 bits, as hexadecimal digits.
    std::string digest();

  private:
    void begin(Instant at);
    void carry_out(const Line& line);
    void apply(const Line& line);

    std::string account_;
    std::optional<engine::AccountDefinition> roster_;  ///< until it was applied
    std::filesystem::path folder_;
    LineReader reader_;
    engine::Engine engine_;
    engine::NoLog facts_;
    protocol::Answer answer_;
};

/// A roster read from files: its definition, or what is wrong with it. Faults: ExitCode::io.
struct RosterReading {
    std::optional<engine::AccountDefinition> definition;
    std::vector<roster::Problem> problems;
};
Result<RosterReading> read_roster(const std::vector<std::string>& paths);

}  // namespace usher::scenario
