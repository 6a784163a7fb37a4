#include "engine/definition_codec.h"

#include "engine/codec.h"

namespace usher::engine {

constexpr std::uint16_t definition_version = 1;

// Found by argument-dependent look-up from the archives, so these stand in the open namespace.

template <class A>
void fields(A& a, Transition& v) {
    a(v.at_s, v.offset_s);
}
template <class A>
void fields(A& a, Zone& v) {
    a(v.name, v.transitions);
}
template <class A>
void fields(A& a, DailySpan& v) {
    a(v.weekdays, v.from_minute, v.until_minute);
}
template <class A>
void fields(A& a, Schedule& v) {
    a(v.zone, v.spans);
}
template <class A>
void fields(A& a, SkillDefinition& v) {
    a(v.key, v.removed);
}
template <class A>
void fields(A& a, TeamDefinition& v) {
    a(v.key, v.removed);
}
template <class A>
void fields(A& a, AgentDefinition& v) {
    a(v.key, v.name, v.email, v.labels, v.order, v.position, v.seat, v.ticket_access, v.main_team,
      v.extra_teams, v.skills, v.availability, v.hours, v.absences, v.capacity, v.notify_unassigned,
      v.notify_assigned, v.removed);
}
template <class A>
void fields(A& a, StatusAction& v) {
    a(v.action, v.fields);
}
template <class A>
void fields(A& a, StatusDefinition& v) {
    a(v.key, v.open, v.actions);
}
template <class A>
void fields(A& a, PipelineDefinition& v) {
    a(v.key, v.statuses, v.set_close_date, v.on_email_sent, v.on_customer_reply, v.actions_for_chat,
      v.removed);
}
template <class A>
void fields(A& a, InboxDefinition& v) {
    a(v.key, v.workspace, v.teams, v.removed);
}
template <class A>
void fields(A& a, RuleDefinition& v) {
    a(v.name, v.assign_to, v.users, v.teams, v.distribution, v.tie_break, v.only_available,
      v.skill_fallback, v.reopen, v.queue, v.fallback, v.removed);
}
template <class A>
void fields(A& a, SkillRule& v) {
    a(v.when, v.require);
}
template <class A>
void fields(A& a, OpeningHours& v) {
    a(v.hours, v.closed_days, v.in_hours_message, v.after_hours_message);
}
template <class A>
void fields(A& a, ChannelDefinition& v) {
    a(v.key, v.kind, v.inbox, v.pipeline, v.enabled, v.creates_tickets, v.status, v.properties,
      v.skill_rules, v.rule, v.opening, v.removed);
}
template <class A>
void fields(A& a, AccountDefinition& v) {
    a(v.key, v.zone, v.count_window_days, v.extra_members_routed, v.seed, v.forget_closed_days,
      v.notify_unassigned, v.notify_assigned, v.zones, v.skills, v.teams, v.agents, v.pipelines,
      v.inboxes, v.rules, v.channels);
}

/// Counts what vectors and texts have set aside, wherever they stand.
class HeapArchive {
  public:
    template <class... T>
    void operator()(const T&... values) {
        (count(values), ...);
    }
    std::size_t bytes() const { return bytes_; }

  private:
    template <class T>
    void count(const T& value) {
        if constexpr (!std::is_arithmetic_v<T> && !std::is_enum_v<T>)
            fields(*this, const_cast<T&>(value));
    }
    template <class Tag>
    void count(const Number<Tag>&) {}
    void count(const Instant&) {}
    void count(const std::string& text) {
        static const auto without_heap = std::string().capacity();
        if (text.capacity() > without_heap) bytes_ += text.capacity() + 1;
    }
    template <class T>
    void count(const std::vector<T>& values) {
        bytes_ += values.capacity() * sizeof(T);
        for (const auto& value : values) count(value);
    }
    template <class T, std::size_t n>
    void count(const std::array<T, n>& values) {
        for (const auto& value : values) count(value);
    }
    template <class T>
    void count(const std::optional<T>& value) {
        if (value) count(*value);
    }
    template <class A, class B>
    void count(const std::pair<A, B>& value) {
        count(value.first);
        count(value.second);
    }

    std::size_t bytes_ = 0;
};

std::size_t heap_bytes_of(const AccountDefinition& definition) {
    HeapArchive archive;
    archive(definition);
    return archive.bytes();
}

void encode_definition(const AccountDefinition& definition, std::vector<std::byte>& out) {
    WriteArchive archive(out);
    archive(definition_version, definition);
}

bool decode_definition(std::span<const std::byte> bytes, AccountDefinition& out) {
    ReadArchive archive(bytes);
    std::uint16_t version = 0;
    archive(version);
    if (version != definition_version) return false;
    archive(out);
    return archive.at_end();
}

}  // namespace usher::engine
