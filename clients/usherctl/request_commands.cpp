// One verb for each request of a scenario, made from the table of scenario/verbs.h: what is given
// on the command line becomes a scenario's line, and is read like one.
#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "clients/scenario/json_text.h"
#include "clients/scenario/verbs.h"
#include "clients/usherctl/commands.h"
#include "clients/usherctl/show.h"

namespace usher::ctl {
namespace {

using scenario::Field;
using scenario::FieldKind;
using scenario::JsonText;
using scenario::Verb;

/// What was given for one field.
struct Given {
    const Field* field = nullptr;
    std::string text;
    std::vector<std::string> texts;  ///< of lists
    bool flag = false;
    CLI::Option* option = nullptr;
};

struct RequestArguments {
    const Verb* verb = nullptr;
    std::vector<std::unique_ptr<Given>> fields;
    std::string at;
    std::string key;
};

/// "contact_owner" is --contact-owner, and as it stands too.
std::string option_names(const Field& field) {
    std::string name(field.name);
    std::string names;
    if (field.name == "skills") names = "--skill,";
    if (field.name == "properties") names = "--property,";
    std::string dashed = name;
    for (auto& c : dashed) c = c == '_' ? '-' : c;
    if (dashed != name) names += "--" + dashed + ",";
    names += "--" + name;
    return field.required ? name + "," + names : names;
}

bool is_list(const Field& field) {
    return field.kind == FieldKind::keys || field.kind == FieldKind::properties;
}

bool is_switch(const Field& field) {
    return field.kind == FieldKind::only_true || (field.kind == FieldKind::flag && !field.required);
}

std::string help_of(const Field& field) {
    std::string help(field.help);
    for (std::size_t i = 0; i < field.words.size(); ++i) {
        help += (i == 0 ? ": " : ", ") + std::string(field.words[i]);
    }
    if (is_switch(field)) help += " (--" + std::string(field.name) + "=false: not)";
    if (field.kind == FieldKind::instant) help += " (RFC 3339)";
    if (field.kind == FieldKind::keys) help += " (repeat for more)";
    if (field.kind == FieldKind::properties) help += ", NAME=VALUE (repeat for more)";
    if (field.kind == FieldKind::owner) help += ": agent:KEY, team:KEY, bot or none";
    return help;
}

void add_field(CLI::App& command, Given& given) {
    const auto& field = *given.field;
    const auto names = option_names(field);
    if (is_list(field)) {
        given.option = command.add_option(names, given.texts, help_of(field));
        given.option->allow_extra_args(false);
    } else if (is_switch(field)) {
        given.option = command.add_flag(names, given.flag, help_of(field));
    } else {
        given.option = command.add_option(names, given.text, help_of(field));
    }
    given.option->required(field.required);
}

bool is_whole(const std::string& text) {
    constexpr std::size_t digits_max = 18;
    return !text.empty() && text.size() <= digits_max && (text == "0" || text.front() != '0') &&
           text.find_first_not_of("0123456789") == std::string::npos;
}

/// What is no number goes on as text: the reader of lines says what it should have been.
void write_number(JsonText& json, const std::string& text) {
    if (is_whole(text)) {
        json.number(std::stoll(text));
    } else {
        json.text(text);
    }
}

void write_owner(JsonText& json, const std::string& text) {
    const auto colon = text.find(':');
    json.begin_object();
    if (colon == std::string::npos) {
        json.flag_member(text, true);
    } else {
        json.member(text.substr(0, colon), std::string_view(text).substr(colon + 1));
    }
    json.end_object();
}

void write_list(JsonText& json, const Given& given) {
    if (given.field->kind == FieldKind::keys) {
        json.begin_list();
        for (const auto& text : given.texts) json.text(text);
        json.end_list();
        return;
    }
    json.begin_object();
    for (const auto& text : given.texts) {
        const auto equals = std::min(text.find('='), text.size());
        json.member(
            std::string_view(text).substr(0, equals),
            equals == text.size() ? std::string_view{} : std::string_view(text).substr(equals + 1));
    }
    json.end_object();
}

void write_value(JsonText& json, const Given& given) {
    const auto& text = given.text;
    switch (given.field->kind) {
        case FieldKind::keys:
        case FieldKind::properties:
            return write_list(json, given);
        case FieldKind::only_true:
            json.flag(given.flag);
            return;
        case FieldKind::flag:
            if (!given.field->required) {
                json.flag(given.flag);
            } else if (text == "true" || text == "false") {
                json.flag(text == "true");
            } else {
                json.text(text);
            }
            return;
        case FieldKind::limit_or_null:
            if (text == "none") {
                json.null();
                return;
            }
            return write_number(json, text);
        case FieldKind::priority:
        case FieldKind::page_limit:
            return write_number(json, text);
        case FieldKind::owner:
            return write_owner(json, text);
        default:
            json.text(text);
            return;
    }
}

std::string as_line(const RequestArguments& arguments) {
    std::string line;
    JsonText json(line);
    json.begin_object();
    if (!arguments.at.empty()) json.member("at", arguments.at);
    json.member("do", arguments.verb->name);
    for (const auto& given : arguments.fields) {
        if (given->option->count() == 0) continue;
        json.name(given->field->name);
        write_value(json, *given);
    }
    if (!arguments.key.empty()) json.member("key", arguments.key);
    json.end_object();
    return line;
}

Exit run(const Globals& globals, const RequestArguments& arguments) {
    if (const auto exit = need_account(globals); exit != Exit::done) return exit;
    scenario::LineReader reader(globals.account, false);
    const auto& line = reader.read(as_line(arguments), 0);
    if (!line.wrong.empty()) return fail(Exit::usage, line.wrong);
    auto session = connect(globals);
    if (!session) return session.exit;
    const auto answer = session.connection->call(line.request, client::within(globals.timeout()));
    if (!answer) return lost(answer.error());
    return show(line.heading, **answer, globals.json);
}

void add_request(CommandLine line, CLI::App& parent, const std::string& name, const Verb& verb) {
    auto* command = parent.add_subcommand(name, std::string(verb.summary));
    auto arguments = std::make_shared<RequestArguments>();
    arguments->verb = &verb;
    for (const auto& field : verb.fields) {
        auto& given = arguments->fields.emplace_back(std::make_unique<Given>());
        given->field = &field;
        add_field(*command, *given);
    }
    if (verb.changes) {
        command->add_option("--key", arguments->key,
                            "Sent twice with the same key, the request is carried out once");
    }
    command->add_option("--at", arguments->at, "Its instant, for a daemon under the trace clock");
    const std::string called = (&parent == &line.app ? "" : parent.get_name() + " ") + name;
    add_examples(*command, {called + " " + std::string(verb.example)});
    command->callback([line, arguments] {
        line.chosen = [line, arguments] { return run(line.globals, *arguments); };
    });
}

}  // namespace

void add_request_commands(CommandLine line) {
    auto* get = line.app.add_subcommand("get", "Show one ticket or one agent");
    get->require_subcommand(1);
    get->fallthrough();
    for (const auto& verb : scenario::verbs()) {
        if (verb.name == "apply") continue;  // from files, in its own way: apply_command.cpp
        add_request(line, line.app, std::string(verb.name), verb);
        auto* command = line.app.get_subcommand(std::string(verb.name));
        std::string dashed(verb.name);
        for (auto& c : dashed) c = c == '_' ? '-' : c;
        if (dashed != verb.name) command->alias(dashed);
        if (verb.name == "get_ticket") add_request(line, *get, "ticket", verb);
        if (verb.name == "get_agent") add_request(line, *get, "agent", verb);
    }
}

}  // namespace usher::ctl
