// [[channel]]: its skill rules, its rule, its opening hours.
#include <algorithm>
#include <array>

#include "roster/calendar.h"
#include "roster/draft.h"
#include "roster/text.h"

namespace usher::roster {
namespace {

using engine::ChannelKind;

constexpr std::array<std::pair<std::string_view, ChannelKind>, 7> kinds = {
    {{"email", ChannelKind::email},
     {"form", ChannelKind::form},
     {"chat", ChannelKind::chat},
     {"messenger", ChannelKind::messenger},
     {"whatsapp", ChannelKind::whatsapp},
     {"calling", ChannelKind::calling},
     {"custom", ChannelKind::custom}}};

constexpr std::uint8_t every_day = 0x7F;
constexpr std::uint16_t end_of_day = 24 * 60;

void read_skill_rules(Draft& draft, Fields& channel, engine::ChannelDefinition& out) {
    const auto* rules = channel.list("skill_rule");
    if (rules == nullptr) return;
    for (const auto& value : *rules) {
        if (value.table() == nullptr) {
            draft.problems.error(
                value.place,
                "a skill_rule of " + channel.subject() + " must be a table, not " +
                    std::string{kind_of(value)},
                "write { when = { topic = \"refund\" }, require = [\"billing\"] }");
            continue;
        }
        Fields fields(value, "a skill_rule of " + channel.subject(), draft.problems,
                      draft.comparisons_left);
        engine::SkillRule rule;
        rule.when = fields.texts("when");
        const auto* require =
            fields.require("require", "name the skills that it asks for: require = [\"…\"]");
        rule.require = numbers_of(read_names(draft, fields, "require", draft.skills, "skill"));
        fields.finish();
        if (require != nullptr && require->value.list() != nullptr &&
            require->value.list()->empty()) {
            draft.problems.warning(require->place, fields.subject() + " asks for no skill",
                                   "name one in require, or take the skill_rule out");
        }
        out.skill_rules.push_back(std::move(rule));
    }
}

std::vector<std::int32_t> read_closed_days(Draft& draft, Fields& fields) {
    std::vector<std::int32_t> out;
    const auto* list = fields.list("closed_days");
    if (list == nullptr) return out;
    for (const auto& value : *list) {
        const auto* moment = std::get_if<Moment>(&value.content);
        const auto* text =
            moment != nullptr ? &moment->text : fields.text_of(value, "each of closed_days");
        if (text == nullptr) continue;
        const auto day = parse_day(*text);
        if (!day) {
            draft.problems.error(value.place,
                                 "closed_days of " + fields.subject() + " has " + quote(*text) +
                                     ", which is no date",
                                 "write a day that exists, like \"2026-12-24\"");
        } else if (std::find(out.begin(), out.end(), *day) != out.end()) {
            draft.problems.warning(
                value.place,
                "closed_days of " + fields.subject() + " has " + quote(*text) + " twice",
                "take one of them out");
        } else {
            out.push_back(*day);
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

engine::OpeningHours read_opening(Draft& draft, const Value& table, const Fields& channel) {
    Fields fields(table, "the opening of " + channel.subject(), draft.problems,
                  draft.comparisons_left);
    engine::OpeningHours out;
    out.hours.zone = read_zone(draft, fields, "time_zone");
    if (!out.hours.zone.exists()) out.hours.zone = draft.account.zone;
    out.hours.spans = read_hours(fields);
    const auto* hours = fields.find("hours");
    if (hours == nullptr) {
        // No hours given: open all day. Only closed days are exceptions then.
        out.hours.spans = {{every_day, 0, end_of_day}};
    } else if (hours->value.list() != nullptr && hours->value.list()->empty()) {
        draft.problems.warning(hours->place,
                               fields.subject() + " has an empty list of hours: it is never open",
                               "write hours = [\"mon-fri 08:00-18:00\"], or leave hours out to be "
                               "always open");
    }
    out.closed_days = read_closed_days(draft, fields);
    out.in_hours_message = fields.text("in_hours_message").value_or("");
    out.after_hours_message = fields.text("after_hours_message").value_or("");
    fields.finish();
    return out;
}

void read_status(Draft& draft, Fields& fields, engine::ChannelDefinition& out,
                 bool pipeline_unknown) {
    const auto* entry = fields.find("status");
    if (entry == nullptr || pipeline_unknown) return;
    const auto& names = draft.statuses[out.pipeline.value];
    if (names.keys().empty()) return;
    out.status = read_name(draft, fields, entry->value, "status", names, "status");
    if (!out.status.exists()) return;
    const auto& statuses = draft.account.pipelines[out.pipeline.value].statuses;
    if (!statuses[out.status.value].open) {
        fields.fault(*entry,
                     "status of " + fields.subject() + " is " + quote(names.key(out.status)) +
                         ", which is closed",
                     "name an open status: new tickets are open");
    }
}

void read_rule_of(Draft& draft, Fields& fields, engine::ChannelDefinition& out,
                  ChannelMarks& marks) {
    const auto* entry = fields.find("rule");
    if (entry == nullptr) return;
    marks.rule = entry->value.place;
    if (entry->value.table() != nullptr) {
        out.rule = read_channel_rule(draft, entry->value, out.key);
    } else if (entry->value.text() != nullptr) {
        out.rule = read_name(draft, fields, entry->value, "rule", draft.rules, "rule");
    } else {
        fields.fault(*entry,
                     "rule of " + fields.subject() +
                         " must be a table or the key of a [[rule]], "
                         "not " +
                         std::string{kind_of(entry->value)},
                     "write [channel.rule] with single brackets, or rule = \"KEY\"");
    }
    if (out.rule.exists()) draft.rule_marks[out.rule.value].used = true;
}

void read_opening_of(Draft& draft, Fields& fields, engine::ChannelDefinition& out,
                     bool kind_unknown) {
    const auto* table = fields.table("opening");
    if (table == nullptr) return;
    auto opening = read_opening(draft, *table, fields);
    if (out.kind == ChannelKind::calling) {
        out.opening = std::move(opening);
    } else if (!kind_unknown) {
        draft.problems.warning(fields.find("opening")->place,
                               "opening of " + fields.subject() +
                                   " means nothing: only a calling channel opens and closes",
                               "take it out");
    }
}

void read_channel(Draft& draft, const Value& table, std::uint32_t position) {
    engine::ChannelDefinition channel;
    ChannelMarks marks;
    channel.key = draft.channels.key({position});
    auto fields = fields_of(draft, table, "channel", channel.key);
    marks.kind_unknown = !fields.choice<ChannelKind>("kind", kinds, channel.kind, true);
    if (const auto* inbox = fields.require(
            "inbox", "name the [[inbox]] in which its work appears: inbox = \"…\"")) {
        channel.inbox = read_name(draft, fields, inbox->value, "inbox", draft.inboxes, "inbox");
    }
    bool pipeline_unknown = false;
    channel.pipeline = engine::PipelineNo{0};
    if (const auto* pipeline = fields.find("pipeline")) {
        const auto named =
            read_name(draft, fields, pipeline->value, "pipeline", draft.pipelines, "pipeline");
        pipeline_unknown = !named.exists();
        if (named.exists()) channel.pipeline = named;
    }
    channel.enabled = fields.boolean("enabled").value_or(true);
    channel.creates_tickets = fields.boolean("creates_tickets").value_or(true);
    read_status(draft, fields, channel, pipeline_unknown);
    channel.properties = fields.texts("properties");
    read_skill_rules(draft, fields, channel);
    read_rule_of(draft, fields, channel, marks);
    read_opening_of(draft, fields, channel, marks.kind_unknown);
    fields.finish();
    draft.account.channels.push_back(std::move(channel));
    draft.channel_marks.push_back(marks);
}

}  // namespace

void read_channels(Draft& draft, const Sections& sections) {
    for (std::uint32_t i = 0; i < sections.channels.size(); ++i) {
        read_channel(draft, *sections.channels[i], i);
    }
}

}  // namespace usher::roster
