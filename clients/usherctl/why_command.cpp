// `usherctl why TICKET`: each decision about a ticket with its grounds, from the journal.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "clients/scenario/answer_line.h"
#include "clients/scenario/instant_text.h"
#include "clients/usherctl/commands.h"
#include "clients/usherctl/fact_text.h"
#include "clients/usherctl/output.h"
#include "clients/usherctl/table.h"
#include "clients/usherctl/why_explain.h"
#include "protocol/names.h"

namespace usher::ctl {
namespace {

using engine::OwnerKind;
using protocol::Outcome;
using protocol::Reason;

/// The key behind a number of the journal; numbers stay for ever, but a journal may lie.
template <class Things>
std::string_view key_of(const Things& things, std::uint32_t number) {
    return number < things.size() ? std::string_view{things[number].key} : "unknown";
}

/// A decision's award in the words that answers have.
protocol::Placement placement_of(const engine::AccountDefinition& names, const TicketEntry& entry) {
    const auto& award = *entry.award;
    protocol::Placement placement;
    placement.outcome = award.outcome;
    placement.owner.kind = award.owner.kind;
    if (award.owner.kind == OwnerKind::agent)
        placement.owner.key = key_of(names.agents, award.owner.number);
    if (award.owner.kind == OwnerKind::team)
        placement.owner.key = key_of(names.teams, award.owner.number);
    if (award.outcome == Outcome::unassigned) placement.reason = award.grounds.emptied;
    placement.voicemail_message = entry.message;
    return placement;
}

std::string_view rule_name(const engine::AccountDefinition& names, const TicketEntry& entry) {
    const auto rule = entry.award->grounds.rule;
    if (!rule.exists()) return {};
    return rule.value < names.rules.size() ? std::string_view{names.rules[rule.value].name}
                                           : "unknown";
}

class Telling {
  public:
    Telling(const Globals& globals, const TicketHistory& history, std::string_view ticket,
            const Explanations* explanations)
        : names_(history.definition),
          shard_(history.shard),
          ticket_(ticket),
          json_(globals.json),
          explanations_(explanations) {}

    void append(std::string& out, const TicketEntry& entry) const {
        json_ ? append_json(out, entry) : append_text(out, entry);
    }

  private:
    const std::string* explanation_of(const TicketEntry& entry) const {
        if (explanations_ == nullptr) return nullptr;
        const auto found = explanations_->by_seq.find(entry.seq);
        return found == explanations_->by_seq.end() ? nullptr : &found->second;
    }
    bool state_is_gone(const TicketEntry& entry) const {
        return explanations_ != nullptr && entry.award && entry.seq < explanations_->states_from;
    }

    void append_json(std::string& out, const TicketEntry& entry) const {
        scenario::JsonText json(out);
        json.begin_object().member("shard", shard_).member("seq", entry.seq);
        json.member("account_seq", entry.account_seq);
        json.member("at", scenario::instant_text(entry.at));
        json.member("cause", cause_name(entry.cause)).member("fact", entry.kind);
        json.member("ticket", ticket_).member("roster_version", entry.roster_version);
        if (entry.channel.exists())
            json.member("channel", key_of(names_.channels, entry.channel.value));
        if (entry.inbox.exists()) json.member("inbox", key_of(names_.inboxes, entry.inbox.value));
        if (entry.award) append_grounds(json, entry);
        json.end_object();
        if (const auto* explanation = explanation_of(entry)) {
            out.back() = ',';  // the closing brace comes behind the explanation
            out += "\"explain\":" + *explanation + "}";
        }
        out += '\n';
    }

    void append_grounds(scenario::JsonText& json, const TicketEntry& entry) const {
        const auto placement = placement_of(names_, entry);
        const auto& grounds = entry.award->grounds;
        json.member("outcome", protocol::outcome_name(placement.outcome));
        if (!placement.owner.key.empty())
            json.member(protocol::owner_kind_name(placement.owner.kind), placement.owner.key);
        if (placement.owner.kind == OwnerKind::bot) json.flag_member("bot", true);
        if (!entry.message.empty()) json.member("message", entry.message);
        if (grounds.rule.exists()) json.member("rule", rule_name(names_, entry));
        json.member("by", decided_by_name(grounds.by)).member("eligible", grounds.eligible);
        json.member("load", grounds.load);
        if (grounds.emptied != Reason::none)
            json.member("emptied", protocol::reason_name(grounds.emptied));
    }

    void append_text(std::string& out, const TicketEntry& entry) const {
        out += scenario::instant_text(entry.at) + " seq " + std::to_string(entry.seq) + " " +
               std::string(cause_name(entry.cause)) + ": ";
        if (entry.award) {
            out += scenario::placement_text(placement_of(names_, entry)) + "\n    " +
                   grounds_text(entry) + "\n";
        } else {
            out += std::string(entry.kind);
            if (entry.channel.exists())
                out += " to channel " + std::string(key_of(names_.channels, entry.channel.value));
            if (entry.inbox.exists())
                out += " to inbox " + std::string(key_of(names_.inboxes, entry.inbox.value));
            out += "\n";
        }
        if (state_is_gone(entry)) out += "    the state of then is not on disk any more\n";
        if (const auto* explanation = explanation_of(entry)) append_indented(out, *explanation);
    }

    std::string grounds_text(const TicketEntry& entry) const {
        const auto& grounds = entry.award->grounds;
        if (grounds.by == engine::DecidedBy::request)
            return "as the request said; no rule was asked";
        std::string text = grounds.rule.exists() ? "rule " + std::string(rule_name(names_, entry))
                                                 : std::string("no rule");
        text += " of roster version " + std::to_string(entry.roster_version);
        if (grounds.eligible != 0)
            text += ": " + std::to_string(grounds.eligible) + " eligible, decided by " +
                    std::string(decided_by_name(grounds.by)) + ", load before " +
                    std::to_string(grounds.load);
        else if (grounds.by != engine::DecidedBy::nobody)
            text += ": decided by " + std::string(decided_by_name(grounds.by));
        if (grounds.emptied != Reason::none)
            text +=
                ": nobody was left (" + std::string(protocol::reason_name(grounds.emptied)) + ")";
        return text;
    }

    static void append_indented(std::string& out, std::string_view text) {
        while (!text.empty()) {
            const auto end = text.find('\n');
            out.append("    ").append(text.substr(0, end)) += '\n';
            if (end == std::string_view::npos) return;
            text.remove_prefix(end + 1);
        }
    }

    const engine::AccountDefinition& names_;
    std::uint32_t shard_;
    std::string_view ticket_;
    bool json_;
    const Explanations* explanations_;
};

struct WhyArguments {
    std::string ticket;
    std::string directory;
    bool full = false;
};

Exit why(const Globals& globals, const WhyArguments& arguments) {
    if (const auto exit = need_account(globals); exit != Exit::done) return exit;
    const auto& directory = arguments.directory.empty() ? globals.data_dir : arguments.directory;
    if (directory.empty())
        return fail(Exit::usage, "no data directory: say --data DIR; why reads its journal");
    auto& disk = journal::posix_disk();
    const auto view = journal::DirectoryView::open(disk, directory);
    if (!view) return fail(view.error());
    const auto history = history_of(disk, *view, globals.account, arguments.ticket);
    if (!history) return fail(history.error());
    if (!history->account.exists())
        return fail(Exit::refused, "unknown_account: no journal in " + directory +
                                       " speaks of account " + globals.account);
    if (history->entries.empty())
        return fail(Exit::refused, "unknown_ticket: the journal, which begins with sequence " +
                                       std::to_string(history->first_seq) +
                                       ", has no decision about ticket " + arguments.ticket);
    Explanations explanations;
    if (arguments.full) {
        auto explained = explain_then(disk, *view, *history, arguments.ticket, globals.json,
                                      !globals.json && wants_colour(STDOUT_FILENO));
        if (!explained) return fail(explained.error());
        explanations = std::move(*explained);
    }
    const Telling telling(globals, *history, arguments.ticket,
                          arguments.full ? &explanations : nullptr);
    auto output = Output::standard();
    for (const auto& entry : history->entries) {
        telling.append(output.buffer(), entry);
        output.written();
    }
    if (const auto written = output.finish(); !written) return fail(written.error());
    return Exit::done;
}

}  // namespace

void add_why_command(CommandLine line) {
    auto* command = line.app.add_subcommand(
        "why",
        "Show each decision about a ticket and its grounds, from the journal of a data directory "
        "(that of a running daemon, too), as far back as it reaches");
    auto arguments = std::make_shared<WhyArguments>();
    command->add_option("TICKET", arguments->ticket, "The ticket's key")->required();
    command->add_option("--data", arguments->directory,
                        "The data directory (else the one of --data-dir)");
    command->add_flag("--full", arguments->full,
                      "Also bring back the state before each decision, in this process, and show "
                      "what explain would have said then");
    add_examples(*command, {"why T-1 --data /var/lib/usher --account acme",
                            "why T-1 --data DIR --account acme --full --json"});
    command->callback([line, arguments] {
        line.chosen = [line, arguments] { return why(line.globals, *arguments); };
    });
}

}  // namespace usher::ctl
