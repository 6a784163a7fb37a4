#include "tests/twin/fields.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <vector>

namespace usher::twin {
namespace {

namespace json = boost::json;
using Value = json::value;

bool is_key(const Value& value) {
    const auto* text = value.if_string();
    if (text == nullptr || text->empty() || text->size() > 64) return false;
    return std::none_of(text->begin(), text->end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool is_whole(const Value& value, std::int64_t min, std::int64_t max) {
    return value.is_int64() && value.get_int64() >= min && value.get_int64() <= max;
}

bool is_true(const Value& value) {
    return value.is_bool() && value.get_bool();
}

bool is_instant(const Value& value) {
    const auto* text = value.if_string();
    return text != nullptr && read_instant(*text).has_value();
}

bool is_word(const Value& value, std::string_view words) {
    const auto* text = value.if_string();
    if (text == nullptr || text->empty()) return false;
    return (std::string(" ") + std::string(words) + " ").find(" " + std::string(*text) + " ") !=
           std::string::npos;
}

bool is_keys(const Value& value) {
    const auto* list = value.if_array();
    return list != nullptr && list->size() <= 32 && std::all_of(list->begin(), list->end(), is_key);
}

bool is_properties(const Value& value) {
    const auto* object = value.if_object();
    if (object == nullptr || object->size() > 64) return false;
    return std::all_of(object->begin(), object->end(), [](const auto& member) {
        const auto* text = member.value().if_string();
        return is_key(Value(member.key())) && text != nullptr && text->size() <= 1024;
    });
}

int owner_fields_in(const Line& line) {
    int count = 0;
    for (const char* field : {"agent", "team", "bot", "none"})
        if (line.contains(field)) ++count;
    return count;
}

bool is_owner_field(std::string_view name, const Value& value) {
    if (name == "agent" || name == "team") return is_key(value);
    return (name == "bot" || name == "none") && is_true(value);
}

bool is_owner(const Value& value) {
    const auto* object = value.if_object();
    if (object == nullptr || owner_fields_in(*object) != 1) return false;
    return std::all_of(object->begin(), object->end(), [](const auto& member) {
        return is_owner_field(member.key(), member.value());
    });
}

bool is_path(const Value& value) {
    const auto* text = value.if_string();
    return text != nullptr && !text->empty();
}

/// A needed field is written in capitals in this list: "TICKET CHANNEL pipeline …".
struct Form {
    std::string_view verb;
    std::string_view fields;
    bool changes = true;  ///< may carry a request key (rule 37)
};

constexpr std::string_view route_form =
    "TICKET CHANNEL pipeline type contact_owner contact_tracked properties skills status priority "
    "linked_ticket";

const std::vector<Form>& forms() {
    static const std::string explain_form = std::string(route_form) + " limit after";
    static const std::vector<Form> all = {
        {"route", route_form},
        {"explain", explain_form, false},
        {"assign", "TICKET agent team bot none expect_owner"},
        {"assign_conversation", "TICKET AGENT inbox"},
        {"reply", "TICKET AGENT"},
        {"email_sent", "TICKET FROM"},
        {"contact_reply", "TICKET KIND"},
        {"set_status", "TICKET STATUS"},
        {"close", "TICKET"},
        {"reopen", "TICKET"},
        {"update", "TICKET priority properties skills"},
        {"import",
         "TICKET CHANNEL CREATED_AT agent team bot none assigned_at type status priority "
         "properties skills"},
        {"transfer", "TICKET CHANNEL"},
        {"handoff", "TICKET"},
        {"missed", "TICKET"},
        {"availability", "AGENT SET limit after"},
        {"absence", "AGENT FROM UNTIL cancel"},
        {"capacity", "AGENT total calling messaging email limit after"},
        {"channel", "CHANNEL ENABLED"},
        {"apply", "ROSTER dry_run unassign"},
        {"get_ticket", "TICKET", false},
        {"get_agent", "AGENT", false},
        {"backlog", "INBOX limit after", false},
        {"tickets", "agent team channel open limit after", false},
        {"tick", "limit after", false},
    };
    return all;
}

const Form* form_of(std::string_view verb) {
    for (const auto& form : forms())
        if (form.verb == verb) return &form;
    return nullptr;
}

/// The field's name in small letters, and whether it is needed.
std::vector<std::pair<std::string, bool>> fields_of(const Form& form) {
    std::vector<std::pair<std::string, bool>> result;
    std::string all(form.fields);
    for (std::size_t at = 0; at < all.size();) {
        const auto end = std::min(all.find(' ', at), all.size());
        std::string name = all.substr(at, end - at);
        const bool needed = name[0] >= 'A' && name[0] <= 'Z';
        for (auto& c : name)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        result.emplace_back(std::move(name), needed);
        at = end + 1;
    }
    return result;
}

bool holds_what_it_may(std::string_view verb, std::string_view name, const Value& value) {
    if (name == "type") return is_word(value, "calling messaging email");
    if (name == "contact_tracked" || name == "cancel" || name == "enabled" || name == "open" ||
        name == "dry_run" || name == "unassign")
        return value.is_bool();
    if (name == "properties") return is_properties(value);
    if (name == "skills") return is_keys(value);
    if (name == "priority") return is_whole(value, 0, 9);
    if (name == "bot" || name == "none") return is_true(value);
    if (name == "expect_owner") return is_owner(value);
    if (verb == "email_sent" && name == "from") return is_word(value, "record contact");
    if (verb == "contact_reply" && name == "kind")
        return is_word(value, "thread other_thread forwarded forwarded_reply other personal");
    if (verb == "availability" && name == "set") return is_word(value, "available away hours");
    if (name == "created_at" || name == "assigned_at" || name == "from" || name == "until")
        return is_instant(value);
    if (verb == "capacity" && name != "agent" && name != "limit" && name != "after")
        return value.is_null() || is_whole(value, 0, 1'000'000);
    if (name == "limit") return is_whole(value, 1, 10'000);
    if (name == "after") return value.is_string() && value.get_string().size() <= 128;
    if (name == "roster") return is_path(value);
    return is_key(value);
}

}  // namespace

bool well_formed(const Line& line) {
    const auto* verb = line.if_contains("do");
    const auto* at = line.if_contains("at");
    if (verb == nullptr || !verb->is_string() || at == nullptr || !is_instant(*at)) return false;
    const auto* form = form_of(verb->get_string());
    if (form == nullptr) return false;
    const auto fields = fields_of(*form);
    for (const auto& [name, needed] : fields)
        if (needed && !line.contains(name)) return false;
    for (const auto& member : line) {
        const std::string_view name = member.key();
        if (name == "do" || name == "at") continue;
        if (name == "key" && form->changes) {
            if (!is_key(member.value())) return false;
            continue;
        }
        const bool known = std::any_of(fields.begin(), fields.end(),
                                       [&](const auto& field) { return field.first == name; });
        if (!known || !holds_what_it_may(form->verb, name, member.value())) return false;
    }
    if (form->verb == "assign" || form->verb == "import") return owner_fields_in(line) == 1;
    if (form->verb == "tickets")
        return owner_fields_in(line) + (line.contains("channel") ? 1 : 0) == 1;
    if (form->verb == "absence") return instant_of(line, "from") < instant_of(line, "until");
    return true;
}

std::string_view subject_field(std::string_view verb) {
    const auto* form = form_of(verb);
    if (form == nullptr) return {};
    if (form->fields.starts_with("TICKET")) return "ticket";
    return form->fields.starts_with("AGENT") ? "agent" : std::string_view{};
}

std::string text_of(const Line& line, std::string_view field) {
    const auto* value = line.if_contains(field);
    return value == nullptr || !value->is_string() ? std::string{}
                                                   : std::string(value->get_string());
}

std::int64_t number_of(const Line& line, std::string_view field, std::int64_t otherwise) {
    const auto* value = line.if_contains(field);
    return value == nullptr || !value->is_int64() ? otherwise : value->get_int64();
}

bool flag_of(const Line& line, std::string_view field, bool otherwise) {
    const auto* value = line.if_contains(field);
    return value == nullptr || !value->is_bool() ? otherwise : value->get_bool();
}

Ms instant_of(const Line& line, std::string_view field) {
    return *read_instant(text_of(line, field));
}

Keys keys_of(const Line& line, std::string_view field) {
    Keys result;
    if (const auto* value = line.if_contains(field); value != nullptr && value->is_array())
        for (const auto& entry : value->get_array()) result.emplace_back(entry.get_string());
    return result;
}

Properties properties_of(const Line& line, std::string_view field) {
    Properties result;
    if (const auto* value = line.if_contains(field); value != nullptr && value->is_object())
        for (const auto& member : value->get_object())
            result.emplace_back(std::string(member.key()),
                                std::string(member.value().get_string()));
    std::sort(result.begin(), result.end());
    return result;
}

Owner owner_of(const Line& line) {
    for (const char* field : {"agent", "team"})
        if (line.contains(field)) return {field, text_of(line, field)};
    return {line.contains("bot") ? "bot" : "none", ""};
}

}  // namespace usher::twin
