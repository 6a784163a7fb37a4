#include "protocol/validate.h"

#include <limits>

#include "protocol/limits.h"
#include "protocol/text.h"

namespace usher::protocol {
namespace {

enum class Empty : std::uint8_t { allowed, refused };
enum class Wrong : std::uint8_t { nothing, empty, too_long, not_utf8, control_character };

inline Wrong wrong_with(std::string_view text, std::size_t bytes_max, Empty empty) {
    if (text.size() > bytes_max) return Wrong::too_long;
    if (text.empty()) return empty == Empty::refused ? Wrong::empty : Wrong::nothing;
    if (printable_ascii(text)) [[likely]]
        return Wrong::nothing;
    switch (check_any_text(text)) {
        case TextFault::none:
            break;
        case TextFault::not_utf8:
            return Wrong::not_utf8;
        case TextFault::control_character:
            return Wrong::control_character;
    }
    return Wrong::nothing;
}

inline Wrong wrong_with_key(std::string_view key) {
    return wrong_with(key, key_bytes_max, Empty::refused);
}

std::string said(Wrong wrong, std::size_t bytes_max = key_bytes_max) {
    switch (wrong) {
        case Wrong::nothing:
            break;
        case Wrong::empty:
            return "is empty";
        case Wrong::too_long:
            return "is longer than " + std::to_string(bytes_max) + " bytes";
        case Wrong::not_utf8:
            return "is not valid UTF-8";
        case Wrong::control_character:
            return "has a control character";
    }
    return {};
}

/// Walks over the fields of a request in their order and keeps the first complaint. Every step
/// says whether to go on, so that the steps of a verb stand in one chain of &&.
class Checker {
  public:
    explicit Checker(const Complaint* earlier) : earlier_(earlier) {}

    std::optional<Complaint> result() {
        if (!complaint_ && earlier_ != nullptr) complaint_ = *earlier_;
        return std::move(complaint_);
    }

    /// A field that is right in every plain value: only the reader's complaint can be about it.
    bool any(std::string_view field) { return earlier_ == nullptr || is_not_earlier(field); }

    bool key(std::string_view field, std::string_view value) {
        return text(field, value, key_bytes_max, Empty::refused);
    }

    bool key(std::string_view field, const std::optional<std::string_view>& value) {
        return value ? key(field, *value) : any(field);
    }

    bool text(std::string_view field, std::string_view value, std::size_t bytes_max, Empty empty) {
        if (!any(field)) return false;
        const auto wrong = wrong_with(value, bytes_max, empty);
        if (wrong == Wrong::nothing) [[likely]]
            return true;
        return complain(field, wrong, bytes_max);
    }

    bool instant(std::string_view field, std::int64_t ms) {
        if (!any(field)) return false;
        if (ms >= instant_ms_min && ms <= instant_ms_max) return true;
        return complain(field, "is not in the years 0000 to 9999");
    }

    bool instant(std::string_view field, const std::optional<std::int64_t>& ms) {
        return ms ? instant(field, *ms) : any(field);
    }

    bool number(std::string_view field, std::uint64_t value, std::uint64_t min, std::uint64_t max) {
        if (!any(field)) return false;
        if (value >= min && value <= max) return true;
        auto bounds = max == std::numeric_limits<std::uint32_t>::max()
                          ? "at least " + std::to_string(min)
                          : "from " + std::to_string(min) + " to " + std::to_string(max);
        return complain(field, "is " + std::to_string(value) + ", must be " + bounds);
    }

    bool limit(std::string_view field, const CapacityChange& change) {
        return number(field, change.named ? change.limit.value_or(0) : 0, 0, capacity_max);
    }

    bool properties(const Properties& values) {
        constexpr std::string_view field = "properties";
        if (!any(field)) return false;
        if (values.size() > property_count_max)
            return complain(field,
                            "has more than " + std::to_string(property_count_max) + " entries");
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!property(field, values, i)) return false;
        return true;
    }

    bool skills(const Keys& values) {
        constexpr std::string_view field = "skills";
        if (!any(field)) return false;
        if (values.size() > skill_count_max)
            return complain(field, "has more than " + std::to_string(skill_count_max) + " entries");
        for (std::size_t i = 0; i < values.size(); ++i)
            if (const auto wrong = wrong_with_key(values[i]); wrong != Wrong::nothing)
                return complain(field, "entry " + std::to_string(i + 1) + " " + said(wrong));
        return true;
    }

    /// An owner whose parts are fields of the request: agent | team | bot | none.
    bool owner(std::string_view field, const Owner& owner) {
        if (!any(field) || !any("agent") || !any("team") || !any("bot") || !any("none"))
            return false;
        if (const auto wrong = owner_complaint(owner)) {
            if (owner.kind == OwnerKind::agent) return complain("agent", *wrong);
            if (owner.kind == OwnerKind::team) return complain("team", *wrong);
            return complain(field, *wrong);
        }
        return true;
    }

    bool expected_owner(const std::optional<Owner>& owner) {
        constexpr std::string_view field = "expect_owner";
        if (!any(field)) return false;
        const auto wrong = owner ? owner_complaint(*owner) : std::nullopt;
        if (!wrong) return true;
        if (owner->kind == OwnerKind::agent) return complain(field, "agent " + *wrong);
        if (owner->kind == OwnerKind::team) return complain(field, "team " + *wrong);
        return complain(field, *wrong);
    }

    bool page(const Page& page) {
        return number("limit", page.limit, 1, list_limit_max) &&
               text("after", page.after, cursor_bytes_max, Empty::allowed);
    }

    [[gnu::cold]] bool complain(std::string_view field, std::string message) {
        complaint_ = Complaint{field, std::move(message)};
        return false;
    }

  private:
    [[gnu::cold]] bool complain(std::string_view field, Wrong wrong, std::size_t bytes_max) {
        return complain(field, said(wrong, bytes_max));
    }

    [[gnu::cold]] bool is_not_earlier(std::string_view field) {
        if (earlier_->field != field) return true;
        complaint_ = *earlier_;
        return false;
    }

    static std::optional<std::string> owner_complaint(const Owner& owner) {
        if (owner.kind == OwnerKind::agent || owner.kind == OwnerKind::team)
            return key_complaint(owner.key);
        if (owner.key.empty()) return std::nullopt;
        return owner.kind == OwnerKind::bot ? "has a key, and a bot has none"
                                            : "has a key, and nobody has none";
    }

    bool property(std::string_view field, const Properties& values, std::size_t i) {
        const auto& [key, value] = values[i];
        if (const auto wrong = wrong_with_key(key); wrong != Wrong::nothing)
            return complain(field, "the key of entry " + std::to_string(i + 1) + " " + said(wrong));
        const auto wrong = wrong_with(value, property_value_bytes_max, Empty::allowed);
        if (wrong != Wrong::nothing)
            return complain(field, "the value of " + std::string{key} + " " +
                                       said(wrong, property_value_bytes_max));
        for (const auto& before : values.first(i))
            if (before.key == key) return complain(field, std::string{key} + " is there twice");
        return true;
    }

    const Complaint* earlier_;
    std::optional<Complaint> complaint_;
};

bool check(Checker& c, const Hello& r) {
    return c.number("version", r.version, 1, std::numeric_limits<std::uint32_t>::max()) &&
           c.text("client", r.client, client_name_bytes_max, Empty::allowed);
}
bool check(Checker&, const Ping&) {
    return true;
}
bool check(Checker&, const Status&) {
    return true;
}

bool check(Checker& c, const Route& r) {
    return c.key("ticket", r.ticket) && c.key("channel", r.channel) &&
           c.key("pipeline", r.pipeline) && c.any("type") &&
           c.key("contact_owner", r.contact_owner) && c.any("contact_tracked") &&
           c.properties(r.properties) && c.skills(r.skills) && c.key("status", r.status) &&
           c.number("priority", r.priority, 0, priority_max) &&
           c.key("linked_ticket", r.linked_ticket);
}
bool check(Checker& c, const Explain& r) {
    return check(c, r.route) && c.page(r.page);
}
bool check(Checker& c, const Assign& r) {
    return c.key("ticket", r.ticket) && c.owner("to", r.to) && c.expected_owner(r.expect_owner);
}
bool check(Checker& c, const AssignConversation& r) {
    return c.key("ticket", r.ticket) && c.key("agent", r.agent) && c.key("inbox", r.inbox);
}
bool check(Checker& c, const ReplySent& r) {
    return c.key("ticket", r.ticket) && c.key("agent", r.agent);
}
bool check(Checker& c, const EmailSent& r) {
    return c.key("ticket", r.ticket) && c.any("from");
}
bool check(Checker& c, const ContactReply& r) {
    return c.key("ticket", r.ticket) && c.any("kind");
}
bool check(Checker& c, const SetStatus& r) {
    return c.key("ticket", r.ticket) && c.key("status", r.status);
}
bool check(Checker& c, const Update& r) {
    return c.key("ticket", r.ticket) &&
           c.number("priority", r.priority.value_or(0), 0, priority_max) &&
           (r.properties ? c.properties(*r.properties) : c.any("properties")) &&
           (r.skills ? c.skills(*r.skills) : c.any("skills"));
}
bool check(Checker& c, const Import& r) {
    return c.key("ticket", r.ticket) && c.key("channel", r.channel) &&
           c.instant("created_at", r.created_at_ms) && c.owner("owner", r.owner) &&
           c.instant("assigned_at", r.assigned_at_ms) && c.any("type") &&
           c.key("status", r.status) && c.number("priority", r.priority, 0, priority_max) &&
           c.properties(r.properties) && c.skills(r.skills);
}
bool check(Checker& c, const Transfer& r) {
    return c.key("ticket", r.ticket) && c.key("channel", r.channel);
}
bool check(Checker& c, const Availability& r) {
    return c.key("agent", r.agent) && c.any("set") && c.page(r.page);
}
bool check(Checker& c, const Absence& r) {
    if (!c.key("agent", r.agent) || !c.instant("from", r.from_ms) ||
        !c.instant("until", r.until_ms) || !c.any("cancel"))
        return false;
    if (r.until_ms > r.from_ms) return true;
    return c.complain("until", "is not after from");
}
bool check(Checker& c, const Capacity& r) {
    return c.key("agent", r.agent) && c.limit("total", r.total) &&
           c.limit("calling", r.per_type[static_cast<std::size_t>(TicketType::calling)]) &&
           c.limit("messaging", r.per_type[static_cast<std::size_t>(TicketType::messaging)]) &&
           c.limit("email", r.per_type[static_cast<std::size_t>(TicketType::email)]) &&
           c.page(r.page);
}
bool check(Checker& c, const ChannelSwitch& r) {
    return c.key("channel", r.channel) && c.any("enabled");
}
bool check(Checker&, const ApplyBegin&) {
    return true;
}
bool check(Checker& c, const ApplyPart& r) {
    if (!c.text("file", r.file, file_name_bytes_max, Empty::refused) || !c.any("text"))
        return false;
    if (r.text.size() <= roster_part_bytes_max) return true;
    return c.complain("text", "is longer than " + std::to_string(roster_part_bytes_max) + " bytes");
}
bool check(Checker& c, const ApplyCommit&) {
    return c.any("dry_run") && c.any("unassign");
}
bool check(Checker& c, const Backlog& r) {
    return c.key("inbox", r.inbox) && c.page(r.page);
}

bool check(Checker& c, const Tickets& r) {
    if (!c.owner("of", r.of)) return false;
    if (r.of.kind == OwnerKind::bot)
        return c.complain("of", "must be an agent or a team, not a bot");
    const bool of_channel = r.of.kind == OwnerKind::none;
    if (of_channel && r.channel.empty())
        return c.complain("agent", "is missing: one of agent, team and channel is needed");
    if (!of_channel && !r.channel.empty())
        return c.complain("channel", "cannot go together with an agent or a team");
    return (of_channel ? c.key("channel", r.channel) : c.any("channel")) && c.any("open") &&
           c.page(r.page);
}
bool check(Checker& c, const Tick& r) {
    return c.page(r.page);
}

bool check(Checker& c, const Follow& r) {
    if (!c.any("from") || !c.number("limit", r.limit, 1, follow_events_max) || !c.any("wait_ms"))
        return false;
    if (r.wait_ms <= follow_wait_ms_max) return true;
    return c.complain("wait_ms", "is " + std::to_string(r.wait_ms) + ", must be at most " +
                                     std::to_string(follow_wait_ms_max));
}

/// Close, Reopen, Handoff, Missed, GetTicket: a ticket and nothing else.
template <class R>
requires requires(const R& r) {
    r.ticket;
}
bool check(Checker& c, const R& r) {
    return c.key("ticket", r.ticket);
}
bool check(Checker& c, const GetAgent& r) {
    return c.key("agent", r.agent);
}

bool needs_account(const Body& body) {
    return body.index() > 2;
}
static_assert(std::is_same_v<std::variant_alternative_t<2, Body>, Status>);

}  // namespace

std::string Complaint::text() const {
    return std::string{field} + ": " + message;
}

std::optional<Complaint> validate(const Request& request, const Complaint* earlier) {
    Checker checker{earlier};
    const bool fine =
        checker.text("account", request.account, key_bytes_max,
                     needs_account(request.body) ? Empty::refused : Empty::allowed) &&
        checker.instant("at", request.at_ms) && checker.any("do") &&
        std::visit([&](const auto& body) { return check(checker, body); }, request.body);
    if (fine) checker.key("key", request.key);
    return checker.result();
}

std::optional<std::string> key_complaint(std::string_view key) {
    const auto wrong = wrong_with_key(key);
    if (wrong == Wrong::nothing) return std::nullopt;
    return said(wrong);
}

}  // namespace usher::protocol
