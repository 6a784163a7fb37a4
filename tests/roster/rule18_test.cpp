// Which targets a channel kind may have: every cell of the table, inline and by key.
#include <array>

#include "tests/roster/reading.h"

namespace usher::roster {
namespace {

// Rule 18.
TEST(Rule18, EveryCellOfTheTable) {
    constexpr std::array<std::string_view, 5> targets = {"users_and_teams", "team_only",
                                                         "contact_owner", "customer_agent", "none"};
    struct Row {
        std::string_view kind;
        std::string_view workspace;
        std::string_view cells;  ///< y or n, by target
    };
    constexpr std::array<Row, 14> table = {{
        {"email", "helpdesk", "yyyyy"},
        {"email", "conversations", "ynyyy"},
        {"form", "helpdesk", "yyyny"},
        {"form", "conversations", "ynyny"},
        {"chat", "helpdesk", "ynnyy"},
        {"chat", "conversations", "ynnyy"},
        {"messenger", "helpdesk", "ynyny"},
        {"messenger", "conversations", "ynyny"},
        {"whatsapp", "helpdesk", "yyyyy"},
        {"whatsapp", "conversations", "yyyyy"},
        {"calling", "helpdesk", "ynnny"},
        {"calling", "conversations", "ynnny"},
        {"custom", "helpdesk", "yyyyy"},
        {"custom", "conversations", "yyyyy"},
    }};
    for (const auto& row : table) {
        for (std::size_t i = 0; i < targets.size(); ++i) {
            const bool teams = targets[i] == "users_and_teams" || targets[i] == "team_only";
            const std::string rule = "assign_to = \"" + std::string{targets[i]} + "\"" +
                                     (teams ? "\nteams = [\"t\"]\n" : "\n");
            const std::string roster =
                "[account]\nkey = \"a\"\n[[team]]\nkey = \"t\"\n[[agent]]\nkey = \"p\"\nseat = "
                "\"service\"\nmain_team = \"t\"\navailability = \"available\"\n[[inbox]]\nkey = "
                "\"i\"\nworkspace = \"" +
                std::string{row.workspace} +
                "\"\n[[channel]]\nkey = "
                "\"c\"\ninbox = \"i\"\nkind = \"" +
                std::string{row.kind} + "\"\n";
            for (const auto& text : {roster + "[channel.rule]\n" + rule,
                                     roster + "rule = \"r\"\n[[rule]]\nkey = \"r\"\n" + rule}) {
                const auto parsed = parse_one(text);
                const bool allowed = row.cells[i] == 'y';
                EXPECT_EQ(parsed.definition.has_value(), allowed)
                    << row.kind << " " << row.workspace << " " << targets[i];
                EXPECT_EQ(parsed.problems.size(), allowed ? 0U : 1U);
            }
        }
    }
}

}  // namespace
}  // namespace usher::roster
