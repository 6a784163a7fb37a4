// What a run of a scenario or trace amounted to: answers by kind, and how much work each agent was
// given. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/answer.h"

namespace usher::ctl {

class Tally {
  public:
    void add(const protocol::Answer& answer);

    std::uint64_t answers() const { return answers_; }

    /// "assigned", "unassigned none_available", "refused unknown_ticket" … with their numbers, the
    /// most frequent first.
    std::vector<std::pair<std::string, std::uint64_t>> kinds() const;

    /// Agents who were given work, most work first.
    std::vector<std::pair<std::string, std::uint64_t>> agents() const;

  private:
    using Counts = std::map<std::string, std::uint64_t, std::less<>>;

    static void count(Counts& counts, std::string_view name);
    static std::vector<std::pair<std::string, std::uint64_t>> by_number(const Counts& counts);
    void add_placement(const protocol::Placement& placement);

    std::uint64_t answers_ = 0;
    Counts kinds_;
    Counts agents_;
    std::string name_;
};

}  // namespace usher::ctl
