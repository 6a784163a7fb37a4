#include "tests/cases/match.h"

#include <boost/json/serialize.hpp>

namespace usher::cases {
namespace {

namespace json = boost::json;

std::string at(const std::string& path) {
    return path.empty() ? "the answer" : path;
}

std::optional<std::string> compare(const json::value& expected, const json::value& got,
                                   const std::string& path);

std::optional<std::string> compare_objects(const json::object& expected, const json::object& got,
                                           const std::string& path) {
    for (const auto& [name, value] : expected) {
        if (name == "_why") continue;
        const std::string inside = (path.empty() ? "" : path + ".") + std::string(name);
        const auto* found = got.if_contains(name);
        if (found == nullptr)
            return inside + ": expected " + json::serialize(value) + ", got nothing";
        if (auto difference = compare(value, *found, inside)) return difference;
    }
    return std::nullopt;
}

std::optional<std::string> compare_lists(const json::array& expected, const json::array& got,
                                         const std::string& path) {
    if (expected.size() != got.size()) {
        return at(path) + ": expected " + json::serialize(expected) + ", got " +
               json::serialize(got);
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const std::string inside = path + "[" + std::to_string(i) + "]";
        if (auto difference = compare(expected[i], got[i], inside)) return difference;
    }
    return std::nullopt;
}

std::optional<std::string> compare(const json::value& expected, const json::value& got,
                                   const std::string& path) {
    if (expected.is_object() && got.is_object()) {
        return compare_objects(expected.get_object(), got.get_object(), path);
    }
    if (expected.is_array() && got.is_array()) {
        return compare_lists(expected.get_array(), got.get_array(), path);
    }
    if (expected == got) return std::nullopt;
    return at(path) + ": expected " + json::serialize(expected) + ", got " + json::serialize(got);
}

}  // namespace

std::optional<std::string> mismatch(const json::value& expected, const json::value& got) {
    return compare(expected, got, {});
}

}  // namespace usher::cases
