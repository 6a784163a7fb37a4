#include "clients/usherctl/tally.h"

#include <algorithm>

namespace usher::ctl {

using namespace protocol;

void Tally::count(Counts& counts, std::string_view name) {
    if (const auto found = counts.find(name); found != counts.end()) {
        ++found->second;
    } else {
        counts.emplace(name, 1);
    }
}

void Tally::add(const Answer& answer) {
    ++answers_;
    if (answer.reject != Reject::none) {
        name_ = "refused ";
        name_ += reject_name(answer.reject);
        return count(kinds_, name_);
    }
    name_ = outcome_name(answer.outcome());
    if (answer.placement.reason != Reason::none) {
        name_ += ' ';
        name_ += reason_name(answer.placement.reason);
    }
    count(kinds_, name_);
    add_placement(answer.placement);
    if (answer.routed) add_placement(*answer.routed);
}

void Tally::add_placement(const Placement& placement) {
    if (placement.outcome != Outcome::assigned) return;
    if (placement.owner.kind == OwnerKind::agent) count(agents_, placement.owner.key);
}

std::vector<std::pair<std::string, std::uint64_t>> Tally::by_number(const Counts& counts) {
    std::vector<std::pair<std::string, std::uint64_t>> list(counts.begin(), counts.end());
    std::ranges::stable_sort(list, std::ranges::greater{},
                             &std::pair<std::string, std::uint64_t>::second);
    return list;
}

std::vector<std::pair<std::string, std::uint64_t>> Tally::kinds() const {
    return by_number(kinds_);
}
std::vector<std::pair<std::string, std::uint64_t>> Tally::agents() const {
    return by_number(agents_);
}

}  // namespace usher::ctl
