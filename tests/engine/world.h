// An engine with an account, for tests: a roster as text, requests as lines of a scenario, answers
// as plain values, and every fact kept in its encoding, as a journal would.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clients/scenario/request_line.h"
#include "engine/engine.h"
#include "engine/fact_codec.h"

namespace usher::testing {

/// Keeps what it is told, encoded.
class FactKeeper final : public engine::FactLog {
  public:
    void append(const engine::Fact& fact) override {
        records.emplace_back();
        engine::encode_fact(fact, records.back());
    }

    std::vector<std::vector<std::byte>> records;
};

class World {
  public:
    /// The roster must be without errors; its account's key is `acme`.
    explicit World(std::string_view roster, std::string_view at = "2026-03-02T09:00:00Z");

    /// One line of a scenario; `at` may be left out: the instant of the line before. An `apply`
    /// names its roster by the text itself, see apply().
    const protocol::Answer& send(std::string line);
    const protocol::Answer& apply(std::string_view roster, engine::RosterFlags flags = {});
    void at(std::string_view instant) { at_ = instant; }

    /// What is sent: {"do":…} and so on; the answer's outcome, reason and owner as one word each.
    std::string outcome(const std::string& line);
    std::string reject(const std::string& line);

    engine::Engine engine;
    FactKeeper facts;
    protocol::Answer answer;

  private:
    scenario::LineReader reader_{"acme", true};
    std::string at_;
};

/// All of `records` replayed into a new engine.
std::unique_ptr<engine::Engine> replayed(const FactKeeper& facts);

/// An engine that was saved and loaded again.
std::unique_ptr<engine::Engine> reloaded(const engine::Engine& engine);

/// A desk with the agents a, b, c (seated, available) in team t, an inbox `desk` and a channel
/// `mail` that goes to the team, with `rule` added to the channel's rule.
std::string small_desk(std::string_view rule = {}, std::string_view more = {});

}  // namespace usher::testing
