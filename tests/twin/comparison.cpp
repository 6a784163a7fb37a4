#include "tests/twin/comparison.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "tests/support/json_match.h"

namespace usher::twin {
namespace {

namespace json = boost::json;

/// Puts the `next` of this router's last list where the line asks for it.
json::object with_cursor(json::object line, const std::string& next) {
    const auto* after = line.if_contains("after");
    if (after == nullptr || !after->is_string() || after->get_string() != last_cursor) return line;
    line.erase("after");
    if (!next.empty()) line["after"] = next;
    return line;
}

class Side {
  public:
    Side(const MakeRouter& make, const History& history) : router_(make(history)) {}

    json::object answer(const json::object& line) {
        auto result = router_->answer(with_cursor(line, next_));
        const auto* next = result.if_contains("next");
        next_ = next == nullptr ? "" : std::string(next->as_string());
        return result;
    }

  private:
    std::unique_ptr<Router> router_;
    std::string next_;
};

}  // namespace

json::value comparable(const json::object& answer) {
    const auto* reject = answer.if_contains("reject");
    // How much of a malformed line is repeated is not a matter of the rules.
    if (reject != nullptr && *reject == "bad_field") return json::object{{"reject", "bad_field"}};
    // `changed` of an apply is left out: of agents who changed places, which of them count as moved
    // is a matter of the shortest telling, and that is tested where rosters are compared.
    auto result = testing::without(
        answer, {"message", "changes", "errors", "warnings", "seq", "changed", "notify"});
    if (reject == nullptr)  // a voicemail's message is no text for people
        if (const auto* message = answer.if_contains("message"))
            result.as_object()["message"] = *message;
    // A ticket's skills are a set: the book names no order for them.
    if (auto* skills = result.as_object().if_contains("skills");
        skills != nullptr && skills->is_array())
        std::ranges::sort(skills->as_array(), {}, [](const json::value& skill) {
            return std::string_view(skill.as_string());
        });
    // What happened once cannot be asked for again: these lists cannot be gone on with.
    if (answer.contains("events") || answer.contains("drained")) result.as_object().erase("next");
    // The twin knows the rules, not what would be the smallest change.
    if (result.is_object()) result.as_object().erase("nearest");
    if (auto* next = result.as_object().if_contains("next")) *next = true;
    return result;
}

std::optional<Mismatch> compare(const History& history, const MakeRouter& expected,
                                const MakeRouter& got) {
    Side left(expected, history);
    Side right(got, history);
    for (std::size_t step = 0; step < history.lines.size(); ++step) {
        const auto line = json::parse(history.lines[step]).as_object();
        const auto a = left.answer(line);
        const auto b = right.answer(line);
        if (comparable(a) != comparable(b))
            return Mismatch{step, history.lines[step], json::serialize(a), json::serialize(b)};
    }
    return std::nullopt;
}

History shrink(const History& history, const MakeRouter& expected, const MakeRouter& got) {
    History shortest = history;
    for (std::size_t piece = shortest.lines.size() / 2; piece > 0; piece /= 2) {
        for (std::size_t begin = 0; begin < shortest.lines.size();) {
            History shorter = shortest;
            const auto end = std::min(begin + piece, shorter.lines.size());
            shorter.lines.erase(shorter.lines.begin() + static_cast<std::ptrdiff_t>(begin),
                                shorter.lines.begin() + static_cast<std::ptrdiff_t>(end));
            if (const auto mismatch = compare(shorter, expected, got)) {
                shorter.lines.resize(mismatch->step + 1);
                shortest = std::move(shorter);
            } else {
                begin += piece;
            }
        }
    }
    return shortest;
}

}  // namespace usher::twin
