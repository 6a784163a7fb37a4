#include "roster/roster.h"

#include <array>
#include <utility>

#include "roster/draft.h"
#include "roster/suggest.h"
#include "roster/text.h"

namespace usher::roster {
namespace {

struct SectionName {
    std::string_view name;
    std::vector<const Value*> Sections::*tables;
};

constexpr std::array<SectionName, 7> section_names = {{
    {"skill", &Sections::skills},
    {"team", &Sections::teams},
    {"agent", &Sections::agents},
    {"pipeline", &Sections::pipelines},
    {"inbox", &Sections::inboxes},
    {"rule", &Sections::rules},
    {"channel", &Sections::channels},
}};

void unknown_section(Draft& draft, const Entry& entry) {
    std::vector<std::string_view> known = {"account"};
    for (const auto& section : section_names) known.push_back(section.name);
    Nearest nearest(entry.key, draft.comparisons_left);
    for (const auto name : known) nearest.consider(name);
    draft.problems.error(entry.place, "a roster has no " + quote(entry.key),
                         nearest.hint("it can have " + either(known)));
}

void gather_section(Draft& draft, const Entry& entry, std::vector<const Value*>& out) {
    const auto* list = entry.value.list();
    if (list == nullptr) {
        draft.problems.error(
            entry.value.place,
            entry.key + " must be a list of tables, not " + std::string{kind_of(entry.value)},
            "write [[" + entry.key + "]] with double brackets");
        return;
    }
    for (const auto& value : *list) {
        if (value.table() != nullptr) {
            out.push_back(&value);
            continue;
        }
        draft.problems.error(
            value.place,
            "each " + entry.key + " must be a table, not " + std::string{kind_of(value)},
            "write [[" + entry.key + "]] and its keys below");
    }
}

Sections gather(Draft& draft, const std::vector<Table>& documents) {
    Sections out;
    for (const auto& document : documents) {
        for (const auto& entry : document) {
            if (entry.key == "account") {
                out.account.push_back(&entry);
                continue;
            }
            bool known = false;
            for (const auto& section : section_names) {
                if (section.name != entry.key) continue;
                gather_section(draft, entry, out.*section.tables);
                known = true;
            }
            if (!known) unknown_section(draft, entry);
        }
    }
    return out;
}

}  // namespace

Parsed parse(std::span<const SourceFile> files) {
    Problems problems;
    std::vector<Table> documents;
    for (std::uint32_t i = 0; i < files.size(); ++i) {
        if (auto document = read_document(files[i], i, problems)) {
            documents.push_back(std::move(*document));
        }
    }
    // What a broken file defines is missing everywhere else: more would only mislead.
    if (problems.any_error()) return {std::nullopt, problems.take(files)};

    Draft draft(problems, files);
    const auto sections = gather(draft, documents);
    declare_all(draft, sections);
    read_account(draft, sections, Place{});
    read_skills_and_teams(draft, sections);
    read_agents(draft, sections);
    read_pipelines(draft, sections);
    read_inboxes(draft, sections);
    read_rules(draft, sections);
    read_channels(draft, sections);
    check_all(draft);

    Parsed out;
    if (!problems.any_error()) {
        draft.account.zones = draft.zones.take();
        out.definition = std::move(draft.account);
    }
    out.problems = problems.take(files);
    return out;
}

}  // namespace usher::roster
