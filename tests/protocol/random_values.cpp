#include "tests/protocol/random_values.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "protocol/limits.h"

namespace usher::testing {

using namespace protocol;

namespace {

using MakeBody = Body (*)();

template <std::size_t... i>
constexpr std::array<MakeBody, sizeof...(i)> body_makers(std::index_sequence<i...>) {
    return {[] { return Body{std::in_place_index<i>}; }...};
}

Body body_of(std::size_t verb) {
    static constexpr auto makers =
        body_makers(std::make_index_sequence<std::variant_size_v<Body>>{});
    return makers[verb]();
}

}  // namespace

Request ValueMaker::request(std::size_t verb) {
    texts_.clear();
    properties_.clear();
    lists_.clear();
    Request request;
    request.body = body_of(verb);
    const bool of_the_connection = verb < 3;
    if (!of_the_connection || random_.chance(20)) request.account = key();
    request.key = maybe_key();
    request.at_ms = maybe_instant();
    std::visit([this](auto& body) { fill(body); }, request.body);
    return request;
}

std::string_view ValueMaker::text(std::size_t bytes_min, std::size_t bytes_max) {
    static const std::vector<std::string> beyond_ascii{"å", "ß",      "€",     "語",
                                                       "🎫", "\u00A0", "\uFFFD"};
    std::string made;
    const auto size = bytes_min + random_.below(bytes_max - bytes_min + 1);
    while (made.size() < size) {
        const auto& wide = random_.one_of(beyond_ascii);
        if (random_.chance(10) && made.size() + wide.size() <= bytes_max)
            made += wide;
        else
            made += static_cast<char>(random_.between(0x20, 0x7E));
    }
    return texts_.emplace_back(std::move(made));
}

std::optional<std::string_view> ValueMaker::maybe_key() {
    if (random_.chance(50)) return std::nullopt;
    return key();
}

std::optional<std::uint32_t> ValueMaker::maybe_number() {
    if (random_.chance(50)) return std::nullopt;
    return static_cast<std::uint32_t>(random_.chance(30) ? 0 : random_.next());
}

std::int64_t ValueMaker::instant() {
    return random_.between(-62'167'219'200'000, 253'402'300'799'999);
}

std::optional<std::int64_t> ValueMaker::maybe_instant() {
    if (random_.chance(50)) return std::nullopt;
    return random_.chance(10) ? 0 : instant();
}

Owner ValueMaker::owner() {
    const auto kind = word<OwnerKind>(3);
    const bool has_key = kind == OwnerKind::agent || kind == OwnerKind::team;
    return {kind, has_key ? key() : std::string_view{}};
}

Properties ValueMaker::properties() {
    auto& made = properties_.emplace_back();
    const auto count = random_.chance(5) ? property_count_max : random_.below(6);
    for (std::size_t i = 0; i < count; ++i) {
        const auto& name = texts_.emplace_back(std::to_string(i) + std::string{text(0, 20)});
        made.push_back({name, text(0, random_.chance(5) ? property_value_bytes_max : 40)});
    }
    return made;
}

void ValueMaker::fill(Follow& r) {
    if (random_.chance(50)) r.from = random_.next();
    r.limit = 1 + static_cast<std::uint32_t>(random_.below(follow_events_max));
    r.wait_ms = static_cast<std::uint32_t>(random_.below(follow_wait_ms_max + 1));
}

EventView ValueMaker::event(std::string_view about) {
    EventView e{random_.next(), instant(), word<EventKind>(19, 1), about, text(0, 5)};
    e.cause = text(0, 9);
    e.team = text(0, 5);
    e.bot = random_.chance(50);
    e.reason = word<Reason>(8);
    e.channel = text(0, 5);
    e.inbox = text(0, 5);
    e.status = text(0, 5);
    if (random_.chance(50)) e.open = random_.chance(50);
    e.message = text(0, 5);
    e.position = maybe_number();
    if (random_.chance(50)) e.notify = keys();
    if (random_.chance(50)) e.priority = static_cast<std::uint8_t>(random_.below(10));
    if (random_.chance(50)) e.enabled = random_.chance(50);
    e.from_ms = maybe_instant();
    e.until_ms = maybe_instant();
    e.cancel = random_.chance(50);
    if (random_.chance(50))
        e.limits = EventLimits{maybe_number(), {maybe_number(), maybe_number(), maybe_number()}};
    e.action = text(0, 5);
    if (random_.chance(50))
        for (const auto& name : keys()) e.fields.push_back({name, text(0, 9)});
    if (random_.chance(50)) e.changes = EventChanges{1, 2, 3};
    return e;
}

std::vector<std::string_view> ValueMaker::keys() {
    std::vector<std::string_view> made;
    const auto count = random_.chance(5) ? skill_count_max : random_.below(5);
    for (std::size_t i = 0; i < count; ++i) made.push_back(key());
    return made;
}

Keys ValueMaker::skills() {
    return lists_.emplace_back(keys());
}

Page ValueMaker::page() {
    if (random_.chance(50)) return {};
    return {static_cast<std::uint32_t>(random_.between(1, list_limit_max)),
            text(0, cursor_bytes_max)};
}

CapacityChange ValueMaker::limit() {
    if (random_.chance(30)) return {};
    if (random_.chance(30)) return {true, std::nullopt};
    return {true, static_cast<std::uint32_t>(random_.between(0, capacity_max))};
}

void ValueMaker::fill(Hello& r) {
    r = {static_cast<std::uint32_t>(random_.between(1, 9)), text(0, 128)};
}

void ValueMaker::fill(Route& r) {
    r.ticket = key();
    r.channel = key();
    r.pipeline = maybe_key();
    r.type = maybe_word<TicketType>(2);
    r.contact_owner = maybe_key();
    r.contact_tracked = random_.chance(50);
    r.properties = properties();
    r.skills = skills();
    r.status = maybe_key();
    r.priority = static_cast<std::uint8_t>(random_.below(priority_max + 1));
    r.linked_ticket = maybe_key();
}

void ValueMaker::fill(Explain& r) {
    fill(r.route);
    r.page = page();
}

void ValueMaker::fill(Assign& r) {
    r.ticket = key();
    r.to = owner();
    if (random_.chance(50)) r.expect_owner = owner();
}

void ValueMaker::fill(Update& r) {
    r.ticket = key();
    if (random_.chance(50)) r.priority = static_cast<std::uint8_t>(random_.below(priority_max + 1));
    if (random_.chance(50)) r.properties = properties();
    if (random_.chance(50)) r.skills = skills();
}

void ValueMaker::fill(Import& r) {
    r.ticket = key();
    r.channel = key();
    r.created_at_ms = instant();
    r.owner = owner();
    r.assigned_at_ms = maybe_instant();
    r.type = maybe_word<TicketType>(2);
    r.status = maybe_key();
    r.priority = static_cast<std::uint8_t>(random_.below(priority_max + 1));
    r.properties = properties();
    r.skills = skills();
}

void ValueMaker::fill(Absence& r) {
    r.agent = key();
    r.from_ms = random_.between(-62'167'219'200'000, 253'402'300'799'998);
    r.until_ms = random_.between(r.from_ms + 1, 253'402'300'799'999);
    r.cancel = random_.chance(50);
}

void ValueMaker::fill(Tickets& r) {
    if (random_.chance(50))
        r.channel = key();
    else
        r.of = {random_.chance(50) ? OwnerKind::agent : OwnerKind::team, key()};
    r.open = random_.chance(50);
    r.page = page();
}

Placement ValueMaker::placement() {
    Placement made;
    made.outcome = word<Outcome>(10);
    made.owner = owner();
    made.reason = word<Reason>(8);
    if (random_.chance(30)) made.voicemail_message = key();
    if (random_.chance(30)) made.notify_owner = key();
    made.position = maybe_number();
    made.reopened = random_.chance(30);
    return made;
}

RosterChanges ValueMaker::roster() {
    RosterChanges made{static_cast<std::uint32_t>(random_.next()), 2, 3, {}, {}};
    for (const auto& line : keys()) made.lines.emplace_back(line);
    for (const auto& line : keys())
        made.errors.push_back({std::string{key()}, 7, static_cast<std::uint32_t>(random_.next()),
                               std::string{line}, std::string{text(0, 9)}, random_.chance(50)});
    return made;
}

Answer ValueMaker::answer() {
    texts_.clear();
    Answer a;
    const auto maybe = [this] { return random_.chance(25); };
    const auto number = [this] { return static_cast<std::uint32_t>(random_.next()); };
    a.at_ms = instant();
    a.seq = random_.next();
    a.reject = maybe() ? Reject::owner_changed : Reject::none;
    if (maybe()) a.message = text(1, 300);
    if (maybe()) a.owner = owner();
    a.retry_after_ms = maybe_number();
    a.placement = placement();
    if (maybe()) a.status = key();
    a.close_date_ms = maybe_instant();
    if (maybe()) a.routed = placement();
    if (maybe())
        a.ticket = TicketView{owner(), maybe(), word<TicketType>(2), key(), key(), maybe_instant(),
                              keys(),  maybe()};
    if (maybe())
        a.agent = AgentView{maybe(),
                            word<AvailabilityWhy>(3),
                            {number(), 0, number()},
                            {0, number(), 1},
                            maybe_instant(),
                            maybe_number(),
                            {maybe_number(), maybe_number(), maybe_number()}};
    if (maybe()) {
        a.candidates.emplace();
        for (const auto& who : keys())
            a.candidates->push_back({who, word<Verdict>(12), maybe_number(), maybe_number()});
    }
    if (maybe()) a.nearest = Nearest{key(), word<Change>(6), keys()};
    if (maybe()) a.tickets = keys();
    if (maybe()) a.drained = keys();
    if (maybe()) {
        a.events.emplace();
        for (const auto& who : keys()) a.events->push_back(event(who));
    }
    if (maybe()) a.through = random_.next();
    a.list.total = random_.chance(50) ? 0 : random_.next();
    if (maybe()) a.list.next = text(1, 64);
    if (maybe()) a.roster = roster();
    if (maybe())
        a.entries =
            std::vector<StatusEntry>{{"daemon", std::string{key()}, ""}, {"shard 0", "x", "1"}};
    if (maybe())
        a.hello = HelloView{1,        "usherd 0.1.0", "synced",          "wall", number(), number(),
                            number(), number(),       std::string{key()}};
    return a;
}

void make_plain(Request& request, Random& random) {
    static const std::string letters(property_value_bytes_max + 64, 'x');
    const auto plain = [&](std::string_view text) {
        return std::string_view(letters).substr(random.below(64), text.size());
    };
    const auto plain_if_any = [&](std::optional<std::string_view>& text) {
        if (text) text = plain(*text);
    };
    request.account = plain(request.account);
    plain_if_any(request.key);
    if (auto* close = std::get_if<Close>(&request.body)) close->ticket = plain(close->ticket);
    auto* route = std::get_if<Route>(&request.body);
    if (route == nullptr) return;
    route->ticket = plain(route->ticket);
    route->channel = plain(route->channel);
    for (auto* text :
         {&route->pipeline, &route->contact_owner, &route->status, &route->linked_ticket})
        plain_if_any(*text);
    static std::vector<std::string_view> skills;
    skills.clear();
    for (const auto skill : route->skills) skills.push_back(plain(skill));
    route->skills = skills;
    static std::vector<std::string> keys;
    static std::vector<Property> properties;
    keys.clear();
    properties.clear();
    keys.reserve(route->properties.size());
    for (const auto& property : route->properties) {
        keys.push_back("key-" + std::to_string(keys.size()));
        properties.push_back({keys.back(), plain(property.value)});
    }
    route->properties = properties;
}

}  // namespace usher::testing
