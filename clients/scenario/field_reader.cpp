#include "clients/scenario/field_reader.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "clients/scenario/instant_text.h"
#include "protocol/limits.h"

namespace usher::scenario {
namespace {

namespace json = boost::json;

std::string quoted(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

/// What somebody wrote, short enough for a message.
std::string shown(const json::value& value) {
    if (value.is_object()) return "an object";
    if (value.is_array()) return "a list";
    constexpr std::size_t shown_bytes_max = 48;
    std::string text = json::serialize(value);
    if (text.size() <= shown_bytes_max) return text;
    std::size_t cut = shown_bytes_max;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
    return text.substr(0, cut) + "…";
}

std::string listed(std::span<const std::string_view> words) {
    std::string list;
    for (const auto word : words) list += (list.empty() ? "" : ", ") + std::string(word);
    return list;
}

std::optional<std::uint32_t> whole_within(const json::value& value, std::uint32_t min,
                                          std::uint32_t max) {
    if (!value.is_int64()) return std::nullopt;
    const auto number = value.get_int64();
    if (number < min || number > max) return std::nullopt;
    return static_cast<std::uint32_t>(number);
}

}  // namespace

void FieldReader::refuse(std::string_view field, std::string why) {
    if (!failed()) complaint_ = protocol::Complaint{field, std::move(why)};
}

/// `inside` names the part of the field that is meant: a property, an owner's agent.
void FieldReader::refuse_type(std::string_view name, std::string_view wanted,
                              const json::value& value, std::string_view inside) {
    refuse(name, (inside.empty() ? "" : quoted(inside) + " ") + "must be " + std::string(wanted) +
                     ", not " + shown(value));
}

void FieldReader::check_names() {
    for (const auto& [name, value] : object_) {
        if (find_field(verb_, name) != nullptr || name == "at" || name == "do") continue;
        if (name == "key" && verb_.changes) continue;
        std::vector<std::string_view> names{"at", "do"};
        if (verb_.changes) names.emplace_back("key");
        for (const auto& field : verb_.fields) names.push_back(field.name);
        return refuse(name,
                      "is no field of " + std::string(verb_.name) + did_you_mean(name, names));
    }
}

const json::value* FieldReader::find(std::string_view name) {
    return failed() ? nullptr : object_.if_contains(name);
}

const json::value* FieldReader::find_required(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) refuse(name, "is missing");
    return value;
}

std::string_view FieldReader::text(std::string_view name, const json::value& value,
                                   std::string_view inside) {
    if (const auto* text = value.if_string()) return *text;
    refuse_type(name, "text", value, inside);
    return {};
}

std::string_view FieldReader::key(std::string_view name) {
    const auto* value = find_required(name);
    return value == nullptr ? std::string_view{} : text(name, *value);
}

std::optional<std::string_view> FieldReader::optional_key(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    return text(name, *value);
}

std::string_view FieldReader::cursor(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return {};
    return text(name, *value);
}

std::optional<std::size_t> FieldReader::optional_word(std::string_view name) {
    return has(name) ? std::optional(word(name)) : std::nullopt;
}

std::size_t FieldReader::word(std::string_view name) {
    const auto* value = find_required(name);
    if (value == nullptr) return 0;
    const auto words = find_field(verb_, name)->words;
    const auto written = text(name, *value);
    if (failed()) return 0;
    const auto found = std::ranges::find(words, written);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    refuse(name, "must be one of " + listed(words) + ", not " + shown(*value) +
                     did_you_mean(written, words));
    return 0;
}

bool FieldReader::checked_flag(std::string_view name, const json::value& value) {
    if (const auto* flag = value.if_bool()) return *flag;
    refuse_type(name, "true or false", value);
    return false;
}

bool FieldReader::flag(std::string_view name, bool otherwise) {
    const auto* value = find(name);
    return value == nullptr ? otherwise : checked_flag(name, *value);
}

bool FieldReader::required_flag(std::string_view name) {
    const auto* value = find_required(name);
    return value != nullptr && checked_flag(name, *value);
}

std::optional<std::uint32_t> FieldReader::whole(std::string_view name, std::uint32_t min,
                                                std::uint32_t max) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    const auto number = whole_within(*value, min, max);
    if (!number) {
        refuse_type(name,
                    "a whole number from " + std::to_string(min) + " to " + std::to_string(max),
                    *value);
    }
    return number;
}

std::int64_t FieldReader::checked_instant(std::string_view name, const json::value& value) {
    const auto written = text(name, value);
    if (failed()) return 0;
    const auto reading = read_instant(written);
    if (reading.instant) return reading.instant->ms;
    refuse(name, shown(value) + " " + std::string(reading.wrong));
    return 0;
}

std::int64_t FieldReader::instant_ms(std::string_view name) {
    const auto* value = find_required(name);
    return value == nullptr ? 0 : checked_instant(name, *value);
}

std::optional<std::int64_t> FieldReader::optional_instant_ms(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    const auto at_ms = checked_instant(name, *value);
    return failed() ? std::nullopt : std::optional(at_ms);
}

std::optional<protocol::Keys> FieldReader::keys(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    const auto* list = value->if_array();
    if (list == nullptr) {
        refuse_type(name, "a list of keys", *value);
        return std::nullopt;
    }
    lists_.keys.clear();
    for (const auto& entry : *list) lists_.keys.push_back(text(name, entry));
    return protocol::Keys(lists_.keys);
}

std::optional<protocol::Properties> FieldReader::properties(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    const auto* object = value->if_object();
    if (object == nullptr) {
        refuse_type(name, "an object of text", *value);
        return std::nullopt;
    }
    lists_.properties.clear();
    for (const auto& [property, content] : *object) {
        lists_.properties.push_back({property, text(name, content, property)});
    }
    return protocol::Properties(lists_.properties);
}

protocol::CapacityChange FieldReader::capacity(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return {};
    if (value->is_null()) return {true, std::nullopt};
    const auto limit = whole_within(*value, 0, protocol::capacity_max);
    if (!limit) {
        refuse_type(name,
                    "a whole number from 0 to " + std::to_string(protocol::capacity_max) +
                        ", or null to lift it",
                    *value);
    }
    return {true, limit};
}

protocol::Page FieldReader::page() {
    protocol::Page page;
    page.limit = whole("limit", 1, protocol::list_limit_max).value_or(protocol::list_limit_default);
    page.after = cursor("after");
    return page;
}

std::vector<std::string> FieldReader::files(std::string_view name) {
    const auto* value = find_required(name);
    if (value == nullptr) return {};
    std::vector<std::string> files;
    const auto take = [&](const json::value& entry) {
        files.emplace_back(text(name, entry));
        const bool usable = !files.back().empty() && files.back().find('\0') == std::string::npos;
        if (!usable) refuse(name, "is not the path of a file");
    };
    if (const auto* list = value->if_array()) {
        for (const auto& entry : *list) take(entry);
        if (list->empty()) refuse(name, "names no file");
    } else {
        take(*value);
    }
    return files;
}

protocol::Owner FieldReader::owner(std::string_view field) {
    return owner_of(object_, field);
}

std::optional<protocol::Owner> FieldReader::optional_owner(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    const auto* object = value->if_object();
    if (object == nullptr) {
        refuse_type(name, "an object such as {\"agent\": \"anna\"}", *value);
        return std::nullopt;
    }
    constexpr std::array<std::string_view, 4> known{"agent", "team", "bot", "none"};
    for (const auto& [field, content] : *object) {
        if (std::ranges::find(known, std::string_view(field)) == known.end()) {
            refuse(name, "has no part " + quoted(field) + did_you_mean(field, known));
        }
    }
    return owner_of(*object, name);
}

protocol::Owner FieldReader::owner_of(const json::object& object, std::string_view field) {
    using enum protocol::OwnerKind;
    constexpr std::array<std::pair<std::string_view, protocol::OwnerKind>, 4> kinds{
        {{"agent", agent}, {"team", team}, {"bot", bot}, {"none", none}}};
    constexpr std::string_view demand = "exactly one of agent, team, bot, none must be there";
    std::optional<protocol::Owner> owner;
    std::string_view first;
    for (const auto& [name, kind] : kinds) {
        const auto* value = failed() ? nullptr : object.if_contains(name);
        if (value == nullptr) continue;
        if (owner) {
            refuse(field, quoted(first) + " and " + quoted(name) +
                              " contradict each other: " + std::string(demand));
            return {};
        }
        first = name;
        owner = protocol::Owner{kind, {}};
        if (kind == agent || kind == team) {
            owner->key = text(field, *value, name);
        } else if (!value->is_bool() || !value->get_bool()) {
            refuse_type(field, "true", *value, name);
        }
    }
    if (!owner) refuse(field, std::string("no owner: ") + std::string(demand));
    return owner.value_or(protocol::Owner{});
}

}  // namespace usher::scenario
