#include "roster/draft.h"

#include <boost/unordered/unordered_flat_set.hpp>

#include "roster/hours.h"
#include "roster/suggest.h"
#include "roster/text.h"

namespace usher::roster {
namespace {

std::string where(const Draft& draft, Place first, Place second) {
    auto out = "line " + std::to_string(first.line);
    if (first.file != second.file) out += " of " + draft.files[first.file].name;
    return out;
}

template <class No>
void declare(Draft& draft, const std::vector<const Value*>& tables, std::string_view noun,
             Names<No>& names) {
    for (const auto* table : tables) {
        Fields fields(*table, "[[" + std::string{noun} + "]]", draft.problems,
                      draft.comparisons_left);
        const auto* entry = fields.require("key", "give it a name of its own: key = \"…\"");
        const auto* key = entry == nullptr ? nullptr : fields.text_of(entry->value, "key");
        if (key == nullptr) {
            names.add({}, table->place);
            continue;
        }
        check_key(fields, *entry, *key);
        if (!names.add(*key, entry->value.place)) {
            const auto first = names.place(names.find(*key));
            draft.problems.error(entry->value.place,
                                 "there are two of " + subject_of(noun, *key) + ", the first in " +
                                     where(draft, first, entry->value.place),
                                 "give one of them another key, or take it out");
        }
    }
}

}  // namespace

void declare_all(Draft& draft, const Sections& sections) {
    declare(draft, sections.skills, "skill", draft.skills);
    declare(draft, sections.teams, "team", draft.teams);
    declare(draft, sections.agents, "agent", draft.agents);
    declare(draft, sections.inboxes, "inbox", draft.inboxes);
    declare(draft, sections.rules, "rule", draft.rules);
    declare(draft, sections.channels, "channel", draft.channels);
    // Number 0 is the built-in pipeline; no roster can name it, because no key is empty.
    draft.pipelines.add({}, {});
    declare(draft, sections.pipelines, "pipeline", draft.pipelines);
}

std::string subject_of(std::string_view noun, std::string_view key) {
    if (key.empty()) return "[[" + std::string{noun} + "]]";
    return std::string{noun} + " " + quote(key);
}

Fields fields_of(Draft& draft, const Value& table, std::string_view noun, std::string_view key) {
    Fields fields(table, subject_of(noun, key), draft.problems, draft.comparisons_left);
    fields.find("key");
    return fields;
}

void check_key(Fields& fields, const Entry& entry, std::string_view key) {
    const auto wrong = key_fault(key);
    if (wrong.empty()) return;
    fields.fault(entry, entry.key + " of " + fields.subject() + " " + wrong + ": " + quote(key),
                 "use 1 to 64 bytes of UTF-8 without control characters");
}

engine::ZoneNo read_zone(Draft& draft, Fields& fields, std::string_view key) {
    const auto name = fields.text(key);
    if (!name) return {};
    const auto zone = draft.zones.find(*name);
    if (!zone.exists()) {
        fields.fault(*fields.find(key),
                     fields.subject() + " has an unknown time zone " + quote(*name),
                     draft.zones.hint(*name, draft.comparisons_left));
    }
    return zone;
}

std::vector<engine::DailySpan> read_hours(Fields& fields) {
    std::vector<engine::DailySpan> out;
    const auto* lines = fields.list("hours");
    if (lines == nullptr) return out;
    for (const auto& value : *lines) {
        const auto* line = fields.text_of(value, "each of hours");
        if (line == nullptr) continue;
        auto parsed = parse_hours(*line);
        if (const auto* span = std::get_if<engine::DailySpan>(&parsed)) {
            out.push_back(*span);
            continue;
        }
        auto& fault = std::get<HoursFault>(parsed);
        fields.problems().error(
            value.place, "hours " + quote(*line) + " of " + fields.subject() + ": " + fault.message,
            std::move(fault.hint));
    }
    return out;
}

namespace {

template <class No>
No number_named(Draft& draft, Fields& fields, const Value& value, std::string_view key,
                const Names<No>& names, std::string_view noun) {
    const auto* text = value.text();
    const auto number = text->empty() ? No{} : names.find(*text);
    if (number.exists()) return number;
    Nearest nearest(*text, draft.comparisons_left);
    for (const auto known : names.keys()) nearest.consider(known);
    const std::string thing{noun};
    draft.problems.error(
        value.place,
        std::string{key} + " of " + fields.subject() + " names the unknown " + thing + " " +
            quote(*text),
        nearest.hint(thing == "status" ? "add it to the statuses, or name one of them"
                                       : "add a [[" + thing + "]] with this key, or take it out"));
    return {};
}

}  // namespace

template <class No>
No read_name(Draft& draft, Fields& fields, const Value& value, std::string_view key,
             const Names<No>& names, std::string_view noun) {
    if (fields.text_of(value, key) == nullptr) return {};
    return number_named(draft, fields, value, key, names, noun);
}

template <class No>
std::vector<Named<No>> read_names(Draft& draft, Fields& fields, std::string_view key,
                                  const Names<No>& names, std::string_view noun) {
    std::vector<Named<No>> out;
    const auto* list = fields.list(key);
    if (list == nullptr) return out;
    boost::unordered_flat_set<std::uint32_t> seen;
    for (const auto& value : *list) {
        if (fields.text_of(value, "each of " + std::string{key}) == nullptr) continue;
        const auto number = number_named(draft, fields, value, key, names, noun);
        if (!number.exists()) continue;
        if (!seen.insert(number.value).second) {
            draft.problems.error(value.place,
                                 std::string{key} + " of " + fields.subject() + " names the " +
                                     std::string{noun} + " " + quote(names.key(number)) + " twice",
                                 "take one of them out");
            continue;
        }
        out.push_back({number, value.place});
    }
    return out;
}

#define USHER_NAMES_OF(No)                                                                   \
    template No read_name(Draft&, Fields&, const Value&, std::string_view, const Names<No>&, \
                          std::string_view);                                                 \
    template std::vector<Named<No>> read_names(Draft&, Fields&, std::string_view,            \
                                               const Names<No>&, std::string_view)
USHER_NAMES_OF(engine::SkillNo);
USHER_NAMES_OF(engine::TeamNo);
USHER_NAMES_OF(engine::AgentNo);
USHER_NAMES_OF(engine::PipelineNo);
USHER_NAMES_OF(engine::InboxNo);
USHER_NAMES_OF(engine::StatusNo);
USHER_NAMES_OF(engine::RuleNo);
#undef USHER_NAMES_OF

}  // namespace usher::roster
