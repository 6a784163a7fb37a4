// [account], [[skill]], [[team]] and [[inbox]].
#include <array>
#include <bit>
#include <limits>

#include "roster/draft.h"

namespace usher::roster {
namespace {

constexpr std::int64_t days_max = 36'500;

constexpr std::array<std::pair<std::string_view, engine::Workspace>, 2> workspaces = {
    {{"helpdesk", engine::Workspace::helpdesk},
     {"conversations", engine::Workspace::conversations}}};

void read_account_fields(Draft& draft, Fields& fields) {
    auto& account = draft.account;
    if (const auto* entry = fields.require("key", "name the account: key = \"…\"")) {
        if (const auto key = fields.text("key")) {
            check_key(fields, *entry, *key);
            account.key = *key;
        }
    }
    account.zone = read_zone(draft, fields, "time_zone");
    if (const auto days = fields.integer("count_window_days", 0, days_max)) {
        account.count_window_days = static_cast<std::uint32_t>(*days);
    }
    if (const auto days = fields.integer("forget_closed_days", 0, days_max)) {
        account.forget_closed_days = static_cast<std::uint32_t>(*days);
    }
    if (const auto seed = fields.integer("seed", std::numeric_limits<std::int64_t>::min(),
                                         std::numeric_limits<std::int64_t>::max())) {
        account.seed = std::bit_cast<std::uint64_t>(*seed);
    }
    account.extra_members_routed = fields.boolean("extra_members_routed").value_or(false);
    account.notify_unassigned = fields.boolean("notify_unassigned").value_or(false);
    account.notify_assigned = fields.boolean("notify_assigned").value_or(true);
    fields.finish();
}

}  // namespace

void read_account(Draft& draft, const Sections& sections, Place start) {
    bool read = false;
    for (const auto* entry : sections.account) {
        if (entry->value.table() == nullptr) {
            draft.problems.error(entry->place, "account must be one table",
                                 "write [account] with single brackets");
            read = true;
            continue;
        }
        if (read) {
            draft.problems.error(entry->place, "there is a second [account]",
                                 "have one [account] in all files together");
            continue;
        }
        read = true;
        Fields fields(entry->value, "[account]", draft.problems, draft.comparisons_left);
        read_account_fields(draft, fields);
    }
    if (!read) {
        draft.problems.error(start, "there is no [account]",
                             "begin the roster with [account] and its key = \"…\"");
    }
    if (!draft.account.zone.exists()) draft.account.zone = draft.zones.find("UTC");
}

void read_skills_and_teams(Draft& draft, const Sections& sections) {
    for (std::uint32_t i = 0; i < sections.skills.size(); ++i) {
        const auto key = draft.skills.key({i});
        fields_of(draft, *sections.skills[i], "skill", key).finish();
        draft.account.skills.push_back({std::string{key}});
    }
    for (std::uint32_t i = 0; i < sections.teams.size(); ++i) {
        const auto key = draft.teams.key({i});
        fields_of(draft, *sections.teams[i], "team", key).finish();
        draft.account.teams.push_back({std::string{key}});
    }
}

void read_inboxes(Draft& draft, const Sections& sections) {
    for (std::uint32_t i = 0; i < sections.inboxes.size(); ++i) {
        engine::InboxDefinition inbox;
        inbox.key = draft.inboxes.key({i});
        auto fields = fields_of(draft, *sections.inboxes[i], "inbox", inbox.key);
        const bool known =
            fields.choice<engine::Workspace>("workspace", workspaces, inbox.workspace, true);
        inbox.teams = numbers_of(read_names(draft, fields, "teams", draft.teams, "team"));
        fields.finish();
        draft.account.inboxes.push_back(std::move(inbox));
        draft.inbox_marks.push_back({!known});
    }
}

}  // namespace usher::roster
