#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "clients/scenario/instant_text.h"
#include "clients/usherctl/commands.h"
#include "clients/usherctl/roster_upload.h"
#include "clients/usherctl/show.h"
#include "roster/roster.h"

namespace usher::ctl {
namespace {

struct ApplyArguments {
    std::vector<std::string> files;
    bool dry_run = false;
    bool unassign = false;
    std::string at;
    std::string key;
};

/// Reads the roster here, so that every mistake is told before a daemon is asked.
std::optional<Exit> refused_here(const std::vector<scenario::NamedText>& texts, bool json,
                                 std::string& account) {
    std::vector<roster::SourceFile> files;
    for (const auto& [name, text] : texts) files.push_back({name, text});
    auto parsed = roster::parse(files);
    if (parsed.definition) {
        if (account.empty()) account = parsed.definition->key;
        return std::nullopt;
    }
    protocol::Answer answer;
    const auto errors = std::ranges::count(parsed.problems, false, &roster::Problem::warning);
    answer.refuse(protocol::Reject::bad_roster, "the roster has " + std::to_string(errors) +
                                                    (errors == 1 ? " error" : " errors"));
    answer.roster.emplace().errors = std::move(parsed.problems);
    scenario::Heading heading{"apply", {}, {}, true};
    return show(heading, answer, json);
}

Exit run(const Globals& globals, const ApplyArguments& arguments) {
    protocol::Request commit;
    if (!arguments.at.empty()) {
        const auto at = scenario::read_instant(arguments.at);
        if (!at.instant) return fail(Exit::usage, "--at " + std::string(at.wrong));
        commit.at_ms = at.instant->ms;
    }
    if (!arguments.key.empty()) commit.key = arguments.key;
    const auto texts = scenario::named_texts({}, arguments.files);
    if (!texts) return fail(texts.error());
    std::string account = globals.account;
    if (const auto exit = refused_here(*texts, globals.json, account)) return *exit;

    auto session = connect(globals);
    if (!session) return session.exit;
    commit.account = account;
    commit.body = protocol::ApplyCommit{arguments.dry_run, arguments.unassign};
    const auto answer = upload_roster(*session.connection, commit, *texts, globals.timeout());
    if (!answer) return lost(answer.error());
    return show({"apply", {}, {}}, **answer, globals.json);
}

}  // namespace

void add_apply_command(CommandLine line) {
    auto* command = line.app.add_subcommand(
        "apply", "Make an account equal to a roster; without --account: the roster's account");
    auto arguments = std::make_shared<ApplyArguments>();
    command
        ->add_option("FILE", arguments->files, "The roster's file, or files that make it together")
        ->required();
    command->add_flag("--dry-run,--dry_run", arguments->dry_run,
                      "Only say what would be added, changed and removed");
    command->add_flag("--unassign", arguments->unassign,
                      "Agents that are removed give their work back");
    command->add_option("--key", arguments->key,
                        "Sent twice with the same key, the request is carried out once");
    command->add_option("--at", arguments->at,
                        "Its instant, for a daemon under the trace clock; left out, it is the "
                        "account's last one");
    add_examples(*command, {"apply roster.toml --dry-run", "apply people.toml channels.toml"});
    command->callback([line, arguments] {
        line.chosen = [line, arguments] { return run(line.globals, *arguments); };
    });
}

}  // namespace usher::ctl
