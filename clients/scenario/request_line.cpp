#include "clients/scenario/request_line.h"

#include "clients/scenario/instant_text.h"
#include "protocol/limits.h"
#include "protocol/validate.h"

namespace usher::scenario {

namespace json = boost::json;

namespace {

/// The wire's names for owners stand in no scenario: there the owner's own fields do.
std::string message_of(const protocol::Complaint& complaint) {
    const bool of_wire =
        complaint.field == "to" || complaint.field == "owner" || complaint.field == "of";
    return of_wire ? complaint.message : complaint.text();
}

}  // namespace

protocol::Answer Line::refusal() const {
    protocol::Answer answer;
    answer.refuse(protocol::Reject::bad_field, wrong);
    answer.at_ms = at_ms.value_or(0);
    return answer;
}

bool says_nothing(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos || text[first] == '#';
}

Line& LineReader::read(std::string_view text, std::uint64_t number) {
    line_ = Line{};
    auto wrong = parse(text);
    if (wrong.empty()) {
        wrong = fill(parser_.object());
    } else {
        line_.broken = true;
    }
    if (!wrong.empty()) {
        line_.heading.undated = !line_.at_ms;
        line_.wrong = number == 0 ? std::move(wrong)
                                  : "line " + std::to_string(number) + ": " + std::move(wrong);
    }
    return line_;
}

std::string LineReader::parse(std::string_view text) {
    if (text.size() > protocol::frame_bytes_ceiling) {
        return "longer than " + std::to_string(protocol::frame_bytes_ceiling) + " bytes";
    }
    return parser_.parse(text);
}

std::string LineReader::fill(const json::object& object) {
    const auto text_of = [&object](std::string_view name) {
        const auto* value = object.if_contains(name);
        const auto* text = value == nullptr ? nullptr : value->if_string();
        return text == nullptr ? std::string_view{} : std::string_view(*text);
    };
    if (const auto at = read_instant(text_of("at")); at.instant) line_.at_ms = at.instant->ms;
    line_.heading.verb = text_of("do");
    const auto* verb = find_verb(line_.heading.verb);
    if (verb != nullptr) {
        line_.heading.verb = verb->name;  // this one outlives the line
        if (find_field(*verb, "ticket") != nullptr) {
            line_.heading.ticket = text_of("ticket");
        } else if (find_field(*verb, "agent") != nullptr) {
            line_.heading.agent = text_of("agent");
        }
    }
    if (!parser_.repeated().empty()) return parser_.repeated();
    if (verb == nullptr) {
        if (!object.contains("do")) return "\"do\" is missing";
        if (line_.heading.verb.empty()) return "\"do\" must be the name of a request";
        std::vector<std::string_view> names;
        for (const auto& known : verbs()) names.push_back(known.name);
        return "there is no request \"" + std::string(line_.heading.verb) + "\"" +
               did_you_mean(line_.heading.verb, names);
    }
    lists_ = Lists{};
    FieldReader fields(*verb, object, lists_);
    fields.check_names();
    if (fields.failed()) return fields.complaint()->text();
    if (at_required_ && !object.contains("at")) fields.refuse("at", "is missing");
    fields.optional_instant_ms("at");
    line_.request.account = account_;
    line_.request.at_ms = line_.at_ms;
    read_body(*verb, fields, line_);
    if (verb->changes) line_.request.key = fields.optional_key("key");

    const auto& earlier = fields.complaint();
    const auto complaint = protocol::validate(line_.request, earlier ? &*earlier : nullptr);
    return complaint ? message_of(*complaint) : std::string{};
}

}  // namespace usher::scenario
