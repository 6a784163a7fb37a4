#include "engine/properties.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/expect.h"
#include "protocol/limits.h"

namespace usher::engine {

namespace {

using protocol::Property;

void append_property(std::string_view key, std::string_view value, std::string& out) {
    const auto value_size = static_cast<std::uint16_t>(value.size());
    out.push_back(static_cast<char>(static_cast<std::uint8_t>(key.size())));
    out.append(key);
    out.append(reinterpret_cast<const char*>(&value_size), sizeof value_size);
    out.append(value);
}

/// The request's properties by key. A request names at most property_count_max of them, each once.
struct Sorted {
    std::array<Property, protocol::property_count_max> properties;  // zeroing it costs: rarely made
    std::size_t count = 0;

    explicit Sorted(protocol::Properties named) : count(named.size()) {
        EXPECT(count <= properties.size());
        std::copy(named.begin(), named.end(), properties.begin());
        std::sort(properties.begin(), properties.begin() + static_cast<std::ptrdiff_t>(count),
                  [](const Property& a, const Property& b) { return a.key < b.key; });
    }
    std::span<const Property> all() const { return {properties.data(), count}; }
};

}  // namespace

void write_properties(protocol::Properties named, const ChannelDefinition& defaults,
                      std::string& out) {
    out.clear();
    if (named.empty()) {
        for (const auto& [key, value] : defaults.properties) append_property(key, value, out);
        return;
    }
    const Sorted sorted(named);
    auto own = sorted.all().begin();
    auto other = defaults.properties.begin();
    while (own != sorted.all().end() || other != defaults.properties.end()) {
        if (other == defaults.properties.end() ||
            (own != sorted.all().end() && own->key <= other->first)) {
            if (other != defaults.properties.end() && own->key == other->first) ++other;
            append_property(own->key, own->value, out);
            ++own;
        } else {
            append_property(other->first, other->second, out);
            ++other;
        }
    }
}

void write_properties(protocol::Properties named, std::string& out) {
    out.clear();
    const Sorted sorted(named);
    for (const auto& property : sorted.all()) append_property(property.key, property.value, out);
}

void make_set(std::string& bytes) {
    const auto count = bytes.size() / sizeof(std::uint32_t);
    // Insertion sort on the bytes themselves: such lists are short.
    const auto at = [&](std::size_t i) {
        std::uint32_t value = 0;
        std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
        return value;
    };
    const auto put = [&](std::size_t i, std::uint32_t value) {
        std::memcpy(bytes.data() + i * sizeof value, &value, sizeof value);
    };
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto value = at(i);
        std::size_t place = kept;
        while (place > 0 && at(place - 1) > value) --place;
        if (place > 0 && at(place - 1) == value) continue;
        for (std::size_t j = kept; j > place; --j) put(j, at(j - 1));
        put(place, value);
        ++kept;
    }
    bytes.resize(kept * sizeof(std::uint32_t));
}

void write_skills(std::string_view asked, std::string_view properties,
                  const ChannelDefinition& channel, std::string& out) {
    out.assign(asked);
    bool added = false;
    for (const auto& rule : channel.skill_rules) {
        std::size_t matched = 0;
        for_each_property(properties, [&](std::string_view key, std::string_view value) {
            for (const auto& [wanted_key, wanted_value] : rule.when)
                if (wanted_key == key && wanted_value == value) ++matched;
        });
        if (matched < rule.when.size()) continue;
        for (const auto skill : rule.require) append_number(skill, out);
        added = true;
    }
    if (added) make_set(out);
}

}  // namespace usher::engine
