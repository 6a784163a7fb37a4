#include "roster/document.h"

#include <array>
#include <string_view>
#include <utility>

#include "roster/unparsable.h"

namespace usher::roster {

// Thrown where the parser's own checks fail, caught below: a text must not end the program.
struct ParserGaveUp {};
[[noreturn]] static void give_up() {
    throw ParserGaveUp{};
}

}  // namespace usher::roster

// The parser is compiled here, without exceptions of its own, and not taken from the shared
// library. Its checks stay on in every build: without them it would go on with what they rule out.
#undef NDEBUG
#define TOML_ASSERT(condition) ((condition) ? void(0) : ::usher::roster::give_up())
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace usher::roster {
namespace {

Place place_of(const toml::source_region& region, std::uint32_t file) {
    const auto begin = region.begin;
    return begin ? Place{file, begin.line, begin.column} : Place{file, 1, 1};
}

void append_padded(std::string& out, unsigned value, std::size_t width) {
    const auto digits = std::to_string(value);
    if (digits.size() < width) out.append(width - digits.size(), '0');
    out += digits;
}

std::string iso(const toml::date& day) {
    std::string out;
    append_padded(out, day.year, 4);
    out += '-';
    append_padded(out, day.month, 2);
    out += '-';
    append_padded(out, day.day, 2);
    return out;
}

std::string iso(const toml::time& time) {
    std::string out;
    append_padded(out, time.hour, 2);
    out += ':';
    append_padded(out, time.minute, 2);
    out += ':';
    append_padded(out, time.second, 2);
    if (time.nanosecond != 0) {
        out += '.';
        append_padded(out, time.nanosecond, 9);
    }
    return out;
}

std::string iso(const toml::date_time& moment) {
    auto out = iso(moment.date) + 'T' + iso(moment.time);
    if (moment.offset) {
        const auto minutes = static_cast<unsigned>(std::abs(int{moment.offset->minutes}));
        out += moment.offset->minutes < 0 ? '-' : '+';
        append_padded(out, minutes / 60, 2);
        out += ':';
        append_padded(out, minutes % 60, 2);
    }
    return out;
}

// Takes the tree apart while it copies it, so that the two never stand in memory in full. The
// recursion is as deep as find_unparsable() lets the text nest.
Value taken_from(toml::node& node, std::uint32_t file) {
    Value out{place_of(node.source(), file), {}};
    if (auto* table = node.as_table()) {
        Table entries;
        entries.reserve(table->size());
        for (auto&& [key, value] : *table) {
            entries.push_back(
                {std::string{key.str()}, place_of(key.source(), file), taken_from(value, file)});
        }
        table->clear();
        out.content = std::move(entries);
    } else if (auto* array = node.as_array()) {
        List elements;
        elements.reserve(array->size());
        for (auto& element : *array) elements.push_back(taken_from(element, file));
        array->clear();
        out.content = std::move(elements);
    } else if (auto* text = node.as_string()) {
        out.content = std::move(text->get());
    } else if (const auto* integer = node.as_integer()) {
        out.content = integer->get();
    } else if (const auto* real = node.as_floating_point()) {
        out.content = real->get();
    } else if (const auto* boolean = node.as_boolean()) {
        out.content = boolean->get();
    } else if (const auto* day = node.as_date()) {
        out.content = Moment{iso(day->get())};
    } else if (const auto* time = node.as_time()) {
        out.content = Moment{iso(time->get())};
    } else if (const auto* moment = node.as_date_time()) {
        out.content = Moment{iso(moment->get())};
    }
    return out;
}

std::optional<Table> parse_document(const SourceFile& file, std::uint32_t file_number,
                                    Problems& problems) {
    auto result = toml::parse(file.text);
    if (!result) {
        problems.error(place_of(result.error().source(), file_number),
                       "this is not TOML: " + std::string{result.error().description()},
                       "mend this first; the rest of the roster is looked at after that");
        return std::nullopt;
    }
    toml::table& root = result;
    auto value = taken_from(root, file_number);
    return std::move(std::get<Table>(value.content));
}

}  // namespace

std::string_view kind_of(const Value& value) {
    static constexpr std::array<std::string_view, 7> names = {
        "true or false", "a whole number", "a fraction", "text", "a date", "a list", "a table"};
    return names[value.content.index()];
}

std::optional<Table> read_document(const SourceFile& file, std::uint32_t file_number,
                                   Problems& problems) {
    if (const auto found = find_unparsable(file.text)) {
        problems.error({file_number, found->line, found->column}, std::string{found->message},
                       std::string{found->hint});
        return std::nullopt;
    }
    try {
        return parse_document(file, file_number, problems);
    } catch (const ParserGaveUp&) {
        problems.error({file_number, 1, 1}, "this is not TOML, and the parser cannot say where",
                       "take away parts of it until it is read");
        return std::nullopt;
    }
}

}  // namespace usher::roster
