// [[pipeline]] and its statuses.
#include <array>

#include "roster/draft.h"
#include "roster/text.h"

namespace usher::roster {
namespace {

using engine::StatusNo;

void read_actions(Draft& draft, Fields& status, engine::StatusDefinition& out) {
    const auto* actions = status.list("actions");
    if (actions == nullptr) return;
    for (const auto& value : *actions) {
        if (value.table() == nullptr) {
            draft.problems.error(value.place,
                                 "an action of " + status.subject() + " must be a table, not " +
                                     std::string{kind_of(value)},
                                 "write { do = \"notify\" }");
            continue;
        }
        Fields fields(value, "an action of " + status.subject(), draft.problems,
                      draft.comparisons_left);
        engine::StatusAction action;
        if (const auto* entry = fields.require("do", "say what is to be done: do = \"notify\"")) {
            if (const auto name = fields.text("do")) {
                check_key(fields, *entry, *name);
                action.action = *name;
            }
        }
        // Every other key is the gateway's.
        static constexpr std::array<std::string_view, 1> own = {"do"};
        action.fields = fields.texts_of(*value.table(), "fields", own);
        out.actions.push_back(std::move(action));
    }
}

// Gives back whether it is known to be open or closed.
bool read_status(Draft& draft, Fields& pipeline, const Value& value, Names<StatusNo>& names,
                 engine::PipelineDefinition& out) {
    if (value.table() == nullptr) {
        draft.problems.error(value.place,
                             "a status of " + pipeline.subject() + " must be a table, not " +
                                 std::string{kind_of(value)},
                             "write { key = \"new\", open = true }");
        return false;
    }
    Fields fields(value, "a status of " + pipeline.subject(), draft.problems,
                  draft.comparisons_left);
    engine::StatusDefinition status;
    if (const auto* entry = fields.require("key", "name it: { key = \"new\", open = true }")) {
        if (const auto* key = fields.text_of(entry->value, "key")) {
            check_key(fields, *entry, *key);
            if (!names.add(*key, entry->value.place)) {
                fields.fault(*entry, pipeline.subject() + " has two statuses " + quote(*key),
                             "give one of them another key, or take it out");
            }
            status.key = *key;
        }
    }
    if (status.key.empty()) names.add({}, value.place);
    status.open = fields.boolean("open").value_or(true);
    read_actions(draft, fields, status);
    fields.finish();
    out.statuses.push_back(std::move(status));
    return !fields.is_faulty("open");
}

void read_statuses(Draft& draft, Fields& fields, Names<StatusNo>& names,
                   engine::PipelineDefinition& out) {
    const auto* entry = fields.require("statuses",
                                       "list them in order: [ { key = \"new\", open = true }, { "
                                       "key = \"closed\", open = false } ]");
    const auto* list = fields.list("statuses");
    if (entry == nullptr || list == nullptr) return;
    bool open = false;
    bool closed = false;
    for (const auto& value : *list) {
        // One that cannot be read may be what is missing.
        if (!read_status(draft, fields, value, names, out)) open = closed = true;
    }
    for (const auto& status : out.statuses) (status.open ? open : closed) = true;
    if (list->empty()) {
        fields.fault(*entry, fields.subject() + " has an empty list of statuses",
                     "it needs an open one and a closed one at least");
    } else if (!open) {
        fields.fault(*entry, fields.subject() + " has no open status",
                     "write open = true at one of them: new tickets begin there");
    } else if (!closed) {
        fields.fault(*entry, fields.subject() + " has no closed status",
                     "write open = false at one of them: closed tickets go there");
    }
}

StatusNo read_automation(Draft& draft, Fields& fields, std::string_view key,
                         const Names<StatusNo>& names) {
    const auto* entry = fields.find(key);
    // A pipeline without statuses has its problem already.
    if (entry == nullptr || names.keys().empty()) return {};
    return read_name(draft, fields, entry->value, key, names, "status");
}

engine::PipelineDefinition built_in(Names<StatusNo>& names) {
    engine::PipelineDefinition out;
    out.statuses = {{"open", true, {}}, {"closed", false, {}}};
    for (const auto* key : {"open", "closed"}) names.add(key, {});
    return out;
}

}  // namespace

void read_pipelines(Draft& draft, const Sections& sections) {
    draft.account.pipelines.push_back(built_in(draft.statuses.emplace_back()));
    for (std::uint32_t i = 0; i < sections.pipelines.size(); ++i) {
        auto& names = draft.statuses.emplace_back();
        engine::PipelineDefinition pipeline;
        pipeline.key = draft.pipelines.key({i + 1});
        auto fields = fields_of(draft, *sections.pipelines[i], "pipeline", pipeline.key);
        read_statuses(draft, fields, names, pipeline);
        pipeline.set_close_date = fields.boolean("set_close_date").value_or(true);
        pipeline.on_email_sent = read_automation(draft, fields, "on_email_sent", names);
        pipeline.on_customer_reply = read_automation(draft, fields, "on_customer_reply", names);
        pipeline.actions_for_chat = fields.boolean("actions_for_chat").value_or(false);
        fields.finish();
        draft.account.pipelines.push_back(std::move(pipeline));
    }
}

}  // namespace usher::roster
