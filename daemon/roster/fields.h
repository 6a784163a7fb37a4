// The keys of one table, read one by one. Every key that is asked for is thereby known; finish()
// reports the rest, with the nearest known key. A value of the wrong kind or out of its range is
// reported and read as if it were not there. Lives for the reading of one table; the table, the
// subject and the problems must live as long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "roster/document.h"
#include "roster/problems.h"

namespace usher::roster {

template <class Enum>
using Choices = std::span<const std::pair<std::string_view, Enum>>;

/// Texts by text, as `labels` and `properties` are; sorted by key.
using TextTable = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::size_t text_bytes_max = 1024;

class Fields {
  public:
    /// `value` is a table. `subject` names it in messages: `agent "anna"`.
    Fields(const Value& value, std::string subject, Problems& problems, std::uint64_t& budget);

    const std::string& subject() const { return subject_; }
    Place place() const { return place_; }

    /// The entry of that key, or nullptr.
    const Entry* find(std::string_view key);
    /// The same; that it is missing is an error, and `hint` says what to write.
    const Entry* require(std::string_view key, std::string hint);

    std::optional<std::string> text(std::string_view key);
    std::optional<bool> boolean(std::string_view key);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t from,
                                        std::int64_t until);
    const List* list(std::string_view key);
    const Value* table(std::string_view key);
    TextTable texts(std::string_view key);

    /// One of a few words. An unknown word, like any other bad value, leaves `out` as it is and
    /// gives false; so does a key that is not there, unless `required`, but then without a problem.
    template <class Enum>
    bool choice(std::string_view key, Choices<Enum> choices, Enum& out, bool required = false) {
        std::vector<std::string_view> words;
        for (const auto& [word, meaning] : choices) words.push_back(word);
        const auto index = chosen(key, words, required);
        if (index) out = choices[*index].second;
        return index.has_value();
    }

    /// Whether the key is there with a value that could not be read.
    bool is_faulty(std::string_view key) const;

    /// `value` must be text of at most text_bytes_max; nullptr and a problem if it is not. `name`
    /// is what messages call it.
    const std::string* text_of(const Value& value, std::string_view name);
    /// `value` must be a table of texts.
    TextTable texts_of(const Table& table, std::string_view name,
                       std::span<const std::string_view> except = {});

    /// Reports the keys that nobody has asked for. Call it last.
    void finish();

    void fault(const Entry& entry, std::string message, std::string hint);
    Problems& problems() { return problems_; }

  private:
    std::optional<std::size_t> chosen(std::string_view key, std::span<const std::string_view> words,
                                      bool required);
    void wrong_kind(const Entry& entry, std::string_view wanted, std::string hint);

    const Table& table_;
    Place place_;
    std::string subject_;
    Problems& problems_;
    std::uint64_t& budget_;
    std::vector<std::string_view> known_;
    std::vector<std::string_view> faulty_;
};

/// "a, b or c"
std::string either(std::span<const std::string_view> words);

}  // namespace usher::roster
