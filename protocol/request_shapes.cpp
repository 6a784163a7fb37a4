#include "protocol/request_shapes.h"

#include <optional>

#include "protocol/read_directly.h"
#include "protocol/text.h"

namespace usher::protocol {
namespace {

using Lane [[gnu::vector_size(16)]] = std::uint8_t;
constexpr std::size_t lane_bytes = sizeof(Lane);

Lane lane(const void* bytes, std::size_t at) {
    return bytes_at<Lane>(static_cast<const char*>(bytes) + at);
}

constexpr std::uint8_t letter_least = 0x20;
constexpr std::uint8_t letters_more = 0x7E - letter_least;

}  // namespace

/// The last lane overlaps the one before it where the size is no multiple of a lane.
bool RequestShapes::Shape::fits(std::span<const std::byte> payload) const {
    if (payload.size() != bytes) return false;
    Lane beyond{};
    const auto look = [&](std::size_t at) {
        const Lane over = lane(payload.data(), at) - lane(least.data(), at);
        const Lane allowed = lane(more.data(), at);
        beyond |= (over > allowed ? over : allowed) ^ allowed;
    };
    for (std::size_t at = 0; at + lane_bytes <= bytes; at += lane_bytes) look(at);
    look(bytes - lane_bytes);
    const auto halves = reinterpret_cast<TwoWords>(beyond);
    return (halves[0] | halves[1]) == 0;
}

void RequestShapes::Shape::fill(std::span<const std::byte> payload,
                                std::span<Property> into_properties,
                                std::span<std::string_view> into_skills, Request& out) const {
    const auto* begin = reinterpret_cast<const char*>(payload.data());
    const auto text_at = [begin](Place place) {
        return std::string_view{begin + place.at, place.size};
    };
    out.account = text_at(account);
    out.key.reset();
    if (request.key) out.key = text_at(key);
    out.at_ms = request.at_ms;
    if (std::holds_alternative<Close>(request.body)) {
        body_of_kind<Close>(out).ticket = text_at(ticket);
        return;
    }
    auto& route = body_of_kind<Route>(out);
    route = *std::get_if<Route>(&request.body);
    route.ticket = text_at(ticket);
    route.channel = text_at(channel);
    if (route.pipeline) route.pipeline = text_at(pipeline);
    if (route.contact_owner) route.contact_owner = text_at(contact_owner);
    if (route.status) route.status = text_at(status);
    if (route.linked_ticket) route.linked_ticket = text_at(linked_ticket);
    for (std::size_t i = 0; i < property_count; ++i)
        into_properties[i] = {text_at(properties[i][0]), text_at(properties[i][1])};
    route.properties = into_properties.first(property_count);
    for (std::size_t i = 0; i < skill_count; ++i) into_skills[i] = text_at(skills[i]);
    route.skills = into_skills.first(skill_count);
}

/// False: a text that stands among what was looked at, so that its letters mean something else
/// besides.
bool RequestShapes::Shape::learn_text(std::span<const std::byte> payload, std::string_view from,
                                      Place& place) {
    const auto at =
        static_cast<std::size_t>(from.data() - reinterpret_cast<const char*>(payload.data()));
    place = {static_cast<std::uint16_t>(at), static_cast<std::uint16_t>(from.size())};
    for (std::size_t i = at; i < at + from.size(); ++i) {
        if (more[i] == 0) return false;
        least[i] = letter_least;
        more[i] = letters_more;
    }
    return true;
}

void RequestShapes::Shape::fix(std::span<const std::byte> payload, std::size_t at) {
    least[at] = static_cast<std::uint8_t>(payload[at]);
    more[at] = 0;
}

bool RequestShapes::Shape::learn_route(std::span<const std::byte> payload, const Route& route) {
    if (route.properties.size() > properties_max || route.skills.size() > skills_max) return false;
    const auto learn_optional = [&](const std::optional<std::string_view>& from, Place& place) {
        return !from || learn_text(payload, *from, place);
    };
    bool apart =
        learn_text(payload, route.channel, channel) && learn_optional(route.pipeline, pipeline) &&
        learn_optional(route.contact_owner, contact_owner) &&
        learn_optional(route.status, status) && learn_optional(route.linked_ticket, linked_ticket);
    for (const auto skill : route.skills)
        apart = apart && learn_text(payload, skill, skills[skill_count++]);
    for (const auto& property : route.properties) {
        auto& places = properties[property_count++];
        apart = apart && learn_text(payload, property.key, places[0]) &&
                learn_text(payload, property.value, places[1]);
    }
    // Keys that are the same as ever are as different from each other as ever.
    for (std::size_t i = 0; i < property_count && apart; ++i)
        for (std::size_t n = 0; n < properties[i][0].size; ++n)
            fix(payload, properties[i][0].at + n);
    return apart;
}

bool RequestShapes::Shape::learn(std::span<const std::byte> payload) {
    *this = {};
    std::array<Property, property_count_max> all_properties;
    std::array<std::string_view, skill_count_max> all_skills;
    Lanes looked_at{};
    if (!read_directly(payload, all_properties, all_skills, request,
                       std::span(looked_at).first(payload.size())))
        return false;
    more.fill(0xFF);
    for (std::size_t i = 0; i < payload.size(); ++i)
        if (looked_at[i] != 0) fix(payload, i);
    bool apart = learn_text(payload, request.account, account) &&
                 (!request.key || learn_text(payload, *request.key, key));
    if (auto* close = std::get_if<Close>(&request.body)) {
        apart = apart && learn_text(payload, close->ticket, ticket);
    } else {
        auto& route = std::get<Route>(request.body);
        apart = apart && learn_text(payload, route.ticket, ticket) && learn_route(payload, route);
        route.properties = {};
        route.skills = {};
    }
    if (apart) bytes = payload.size();
    return apart;
}

bool RequestShapes::read(std::span<const std::byte> payload, std::span<Property> properties,
                         std::span<std::string_view> skills, Request& out) const {
    for (const auto& shape : known_[place_of(payload.size())].shapes) {
        if (!shape.fits(payload)) continue;
        shape.fill(payload, properties, skills, out);
        return true;
    }
    return false;
}

void RequestShapes::met_unknown(std::span<const std::byte> payload) {
    if (unknown_++ % unknown_to_one_learned != 0) return;
    if (payload.size() < lane_bytes || payload.size() > bytes_max) return;
    auto& of_its_size = known_[place_of(payload.size())];
    of_its_size.shapes[of_its_size.next].learn(payload);
    of_its_size.next = (of_its_size.next + 1) % ways;
}

}  // namespace usher::protocol
