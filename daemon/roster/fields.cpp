#include "roster/fields.h"

#include <algorithm>

#include "base/expect.h"
#include "protocol/limits.h"
#include "roster/suggest.h"
#include "roster/text.h"

namespace usher::roster {

std::string either(std::span<const std::string_view> words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i != 0) out += i + 1 == words.size() ? " or " : ", ";
        out += words[i];
    }
    return out;
}

Fields::Fields(const Value& value, std::string subject, Problems& problems, std::uint64_t& budget)
    : table_(*value.table()),
      place_(value.place),
      subject_(std::move(subject)),
      problems_(problems),
      budget_(budget) {
    known_.reserve(16);
}

const Entry* Fields::find(std::string_view key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
    const auto found = std::lower_bound(
        table_.begin(), table_.end(), key,
        [](const Entry& entry, std::string_view wanted) { return entry.key < wanted; });
    return found != table_.end() && found->key == key ? &*found : nullptr;
}

const Entry* Fields::require(std::string_view key, std::string hint) {
    const auto* entry = find(key);
    if (entry == nullptr) {
        problems_.error(place_, subject_ + " has no " + std::string{key}, std::move(hint));
    }
    return entry;
}

void Fields::fault(const Entry& entry, std::string message, std::string hint) {
    faulty_.push_back(entry.key);
    problems_.error(entry.value.place, std::move(message), std::move(hint));
}

void Fields::wrong_kind(const Entry& entry, std::string_view wanted, std::string hint) {
    fault(entry,
          entry.key + " of " + subject_ + " must be " + std::string{wanted} + ", not " +
              std::string{kind_of(entry.value)},
          std::move(hint));
}

const std::string* Fields::text_of(const Value& value, std::string_view name) {
    const auto* text = value.text();
    if (text == nullptr) {
        problems_.error(value.place,
                        std::string{name} + " of " + subject_ + " must be text, not " +
                            std::string{kind_of(value)},
                        "put it in quotes");
        return nullptr;
    }
    if (text->size() > text_bytes_max) {
        problems_.error(value.place,
                        std::string{name} + " of " + subject_ + " is " +
                            std::to_string(text->size()) + " bytes long",
                        "make it at most " + std::to_string(text_bytes_max) + " bytes");
        return nullptr;
    }
    return text;
}

std::optional<std::string> Fields::text(std::string_view key) {
    const auto* entry = find(key);
    if (entry == nullptr) return std::nullopt;
    const auto* text = text_of(entry->value, key);
    if (text == nullptr) {
        faulty_.push_back(entry->key);
        return std::nullopt;
    }
    return *text;
}

std::optional<bool> Fields::boolean(std::string_view key) {
    const auto* entry = find(key);
    if (entry == nullptr) return std::nullopt;
    const auto* value = std::get_if<bool>(&entry->value.content);
    if (value == nullptr) {
        wrong_kind(*entry, "true or false",
                   "write " + entry->key + " = true or " + entry->key + " = false, without quotes");
        return std::nullopt;
    }
    return *value;
}

std::optional<std::int64_t> Fields::integer(std::string_view key, std::int64_t from,
                                            std::int64_t until) {
    const auto* entry = find(key);
    if (entry == nullptr) return std::nullopt;
    const auto* value = std::get_if<std::int64_t>(&entry->value.content);
    if (value == nullptr) {
        wrong_kind(*entry, "a whole number", "write it without quotes and without a point");
        return std::nullopt;
    }
    if (*value < from || *value > until) {
        fault(*entry,
              entry->key + " of " + subject_ + " is out of range: " + std::to_string(*value),
              "from " + std::to_string(from) + " to " + std::to_string(until));
        return std::nullopt;
    }
    return *value;
}

const List* Fields::list(std::string_view key) {
    const auto* entry = find(key);
    if (entry == nullptr) return nullptr;
    const auto* value = entry->value.list();
    if (value == nullptr) {
        wrong_kind(*entry, "a list", "put square brackets around it: " + entry->key + " = [ … ]");
    }
    return value;
}

const Value* Fields::table(std::string_view key) {
    const auto* entry = find(key);
    if (entry == nullptr) return nullptr;
    if (entry->value.table() == nullptr) {
        wrong_kind(*entry, "a table",
                   "write " + entry->key + " = { … }, or a [" + entry->key +
                       "] section with single brackets");
        return nullptr;
    }
    return &entry->value;
}

TextTable Fields::texts(std::string_view key) {
    const auto* value = table(key);
    return value == nullptr ? TextTable{} : texts_of(*value->table(), key);
}

TextTable Fields::texts_of(const Table& table, std::string_view name,
                           std::span<const std::string_view> except) {
    TextTable out;
    for (const auto& entry : table) {
        if (std::find(except.begin(), except.end(), entry.key) != except.end()) continue;
        if (const auto wrong = key_fault(entry.key); !wrong.empty()) {
            problems_.error(entry.place,
                            "the key " + quote(entry.key) + " in " + std::string{name} + " of " +
                                subject_ + " " + wrong,
                            "use 1 to 64 bytes of UTF-8 without control characters");
            continue;
        }
        const auto* text = text_of(entry.value, std::string{name} + "." + entry.key);
        if (text != nullptr) out.emplace_back(entry.key, *text);
    }
    if (out.size() > protocol::property_count_max) {
        problems_.error(table.front().place,
                        std::string{name} + " of " + subject_ + " has " +
                            std::to_string(out.size()) + " entries",
                        "have at most " + std::to_string(protocol::property_count_max));
    }
    return out;
}

std::optional<std::size_t> Fields::chosen(std::string_view key,
                                          std::span<const std::string_view> words, bool required) {
    const auto* entry =
        required ? require(key, "write " + std::string{key} + " = \"" + std::string{words.front()} +
                                    "\", or " + either(words.subspan(1)))
                 : find(key);
    if (entry == nullptr) return std::nullopt;
    const auto* text = entry->value.text();
    if (text == nullptr) {
        wrong_kind(*entry, "text", "one of " + either(words) + ", in quotes");
        return std::nullopt;
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == *text) return i;
    }
    Nearest nearest(*text, budget_);
    for (const auto word : words) nearest.consider(word);
    fault(*entry, entry->key + " of " + subject_ + " cannot be " + quote(*text),
          nearest.hint("it can be " + either(words)));
    return std::nullopt;
}

bool Fields::is_faulty(std::string_view key) const {
    return std::find(faulty_.begin(), faulty_.end(), key) != faulty_.end();
}

void Fields::finish() {
    for (const auto& entry : table_) {
        if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
        Nearest nearest(entry.key, budget_);
        for (const auto known : known_) nearest.consider(known);
        problems_.error(entry.place, subject_ + " has an unknown key " + quote(entry.key),
                        nearest.hint("it can have " + either(known_)));
    }
}

}  // namespace usher::roster
