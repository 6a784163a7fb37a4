#include "tests/support/json_match.h"

#include <algorithm>
#include <boost/json/array.hpp>

namespace usher::testing {

namespace json = boost::json;

bool contains_all(const json::value& actual, const json::value& expected) {
    if (const auto* object = expected.if_object()) {
        if (!actual.is_object()) return false;
        return std::all_of(object->begin(), object->end(), [&](const auto& member) {
            if (member.key() == "_why") return true;
            const auto* there = actual.get_object().if_contains(member.key());
            return there != nullptr && contains_all(*there, member.value());
        });
    }
    if (const auto* list = expected.if_array()) {
        if (!actual.is_array() || actual.get_array().size() != list->size()) return false;
        for (std::size_t i = 0; i < list->size(); ++i)
            if (!contains_all(actual.get_array()[i], (*list)[i])) return false;
        return true;
    }
    return actual == expected;
}

json::value without(const json::value& value, std::initializer_list<std::string_view> names) {
    if (const auto* object = value.if_object()) {
        json::object result;
        for (const auto& member : *object)
            if (std::find(names.begin(), names.end(), std::string_view(member.key())) ==
                names.end())
                result[member.key()] = without(member.value(), names);
        return result;
    }
    if (const auto* list = value.if_array()) {
        json::array result;
        for (const auto& entry : *list) result.push_back(without(entry, names));
        return result;
    }
    return value;
}

}  // namespace usher::testing
