#include "engine/fact_codec.h"

#include <utility>

#include "engine/codec.h"

namespace usher::engine {

// Found by argument-dependent look-up from the archives, so these stand in the open namespace.
template <class A>
void fields(A& a, Grounds& v) {
    a(v.rule, v.eligible, v.load, v.by, v.emptied);
}
template <class A>
void fields(A& a, Award& v) {
    a(v.owner, v.outcome, v.turn_of, v.draws, v.under_fallback, v.grounds, v.owner_is_told);
    if (v.outcome == protocol::Outcome::voicemail) a(v.message);
    if (v.outcome == protocol::Outcome::unassigned) a(v.told);
}
template <class A>
void fields(A& a, RosterPart& v) {
    a(v.account, v.bytes);
}
template <class A>
void fields(A& a, RosterCommitted& v) {
    a(v.roster_bytes, v.added, v.changed, v.removed);
}
template <class A>
void fields(A& a, Opened& v) {
    a(v.slot, v.key, v.channel, v.pipeline, v.status, v.type, v.priority, v.contact_tracked,
      v.contact_owner, v.linked, v.properties, v.asked_skills, v.skills, v.award);
}
template <class A>
void fields(A& a, Placed& v) {
    a(v.slot, v.award, v.key);
}
template <class A>
void fields(A& a, Transferred& v) {
    a(v.slot, v.channel, v.skills, v.key);
}
template <class A>
void fields(A& a, Moved& v) {
    a(v.slot, v.inbox, v.key);
}
template <class A>
void fields(A& a, StatusSet& v) {
    a(v.slot, v.status, v.release_owner, v.key, v.status_key, v.open);
}
template <class A>
void fields(A& a, Updated& v) {
    a(v.slot, v.priority, v.properties, v.asked_skills, v.skills, v.key);
}
template <class A>
void fields(A& a, Imported& v) {
    a(v.opened, v.created, v.assigned);
}
template <class A>
void fields(A& a, Forgotten& v) {
    a(v.slot, v.key);
}
template <class A>
void fields(A& a, AvailabilitySet& v) {
    a(v.agent, v.manual, v.available);
}
template <class A>
void fields(A& a, Turned& v) {
    a(v.agent, v.available, v.was_available);
}
template <class A>
void fields(A& a, AbsencesSet& v) {
    a(v.agent, v.absences, v.asked, v.cancel);
}
template <class A>
void fields(A& a, CapacitySet& v) {
    a(v.agent, v.limits);
}
template <class A>
void fields(A& a, ChannelSwitched& v) {
    a(v.channel, v.enabled);
}
template <class A>
void fields(A& a, TurnsTakenBack& v) {
    a(v.rule, v.agents);
}
template <class A>
void fields(A& a, AnswerKept& v) {
    a(v.key, v.request_high, v.request_low, v.reply);
}
template <class A>
void fields(A& a, AnswerForgotten& v) {
    a(v.key);
}
template <class A>
void fields(A& a, ActionDue& v) {
    a(v.slot, v.action, v.fields, v.key, v.status_key);
}
template <class A>
void fields(A& a, OwnerToTell& v) {
    a(v.slot, v.agent, v.key);
}

namespace {

using ReadBody = bool (*)(ReadArchive&, FactBody&);

template <class Body>
bool read_body(ReadArchive& archive, FactBody& out) {
    archive(out.emplace<Body>());
    return archive.at_end();
}

template <std::size_t... kind>
bool read_kind(std::size_t which, ReadArchive& archive, FactBody& out,
               std::index_sequence<kind...>) {
    static constexpr ReadBody readers[] = {
        &read_body<std::variant_alternative_t<kind, FactBody>>...};
    return readers[which](archive, out);
}

template <class Archive>
void write(const Fact& fact, Archive archive) {
    archive(fact.account, fact.seq, fact.at, fact.cause,
            static_cast<std::uint8_t>(fact.body.index()));
    std::visit([&](const auto& body) { archive(body); }, fact.body);
}

}  // namespace

std::size_t encoded_bytes(const Fact& fact) {
    std::size_t size = 0;
    write(fact, WritingArchive(ByteCounter(size)));
    return size;
}

void encode_fact(const Fact& fact, std::byte* at) {
    write(fact, WritingArchive(BytePlacer(at)));
}

void encode_fact(const Fact& fact, std::vector<std::byte>& out) {
    write(fact, WriteArchive(out));
}

bool peek_fact(std::span<const std::byte> bytes, FactHead& out) {
    ReadArchive archive(bytes);
    archive(out.account, out.seq);
    return !archive.failed();
}

bool decode_fact(std::span<const std::byte> bytes, Fact& out) {
    ReadArchive archive(bytes);
    std::uint8_t kind = 0;
    archive(out.account, out.seq, out.at, out.cause, kind);
    constexpr auto kinds = std::variant_size_v<FactBody>;
    if (archive.failed() || kind >= kinds) return false;
    return read_kind(kind, archive, out.body, std::make_index_sequence<kinds>{});
}

}  // namespace usher::engine
