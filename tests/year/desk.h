// The engine's side of a year: lines in, events out, as a gateway that follows the account would
// see them (docs/events.md). One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "clients/scenario/request_line.h"
#include "engine/engine.h"

namespace usher::year {

/// What the watch needs of an event; empty where it has nothing to say.
struct Happening {
    std::int64_t at_ms = 0;
    std::string event;  ///< assigned, queued, …
    std::string ticket;
    std::string agent;
    std::string channel;
    bool by_time = false;  ///< no request did it
    bool open = true;      ///< of `status`
};

class Desk final : private engine::FactLog {
  public:
    /// Faults: the roster is refused.
    static Result<std::unique_ptr<Desk>> open(const std::string& roster);

    /// Carries the line out; what has happened, in order. The name of a refusal, if it is one, is
    /// in `refused`.
    const std::vector<Happening>& carry_out(std::string_view line, std::string& refused);

  private:
    explicit Desk(engine::AccountDefinition definition);
    void append(const engine::Fact& fact) override;

    engine::AccountDefinition definition_;
    engine::Engine engine_;
    scenario::LineReader reader_;
    protocol::Answer answer_;
    std::vector<Happening> happened_;
    bool begun_ = false;
};

}  // namespace usher::year
