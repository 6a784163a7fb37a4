#include "engine/image.h"

#include "base/planted.h"
#include "engine/apply.h"
#include "engine/definition_check.h"
#include "engine/definition_codec.h"
#include "engine/image_check.h"
#include "engine/image_format.h"
#include "engine/picture.h"
#include "engine/running_digest.h"
#include "protocol/limits.h"
#include "protocol/validate.h"

namespace usher::engine {
namespace {

constexpr std::size_t things_at_a_time = 4096;

/// Nothing, or what is wrong.
using Flawed = std::optional<std::string>;

Flawed ends_early() {
    return "one of its records ends within itself";
}

struct RecordView {
    RecordKind kind{};
    std::span<const std::byte> bytes;
};

/// An account while its records are read.
struct Loading {
    std::vector<RecordView> cores;    ///< there must be one
    std::vector<RecordView> records;  ///< the others, in their order
    RecordCounts counts;
    std::vector<std::vector<AgentNo>> turns;  ///< by rule
    Digest claimed;
    std::vector<Slot> next_free;  ///< by slot that holds nothing
};

Flawed load_definition(std::string_view bytes, Account& account) {
    if (!decode_definition({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()},
                           account.definition))
        return "its roster cannot be read";
    auto flaw = flaw_of(account.definition);
    if (flaw) flaw->insert(0, "its roster: ");
    return flaw;
}

/// What its core says about records that are to come.
Flawed flaw_of_counts(const Loading& loading, const Account& account) {
    const auto& [slots, first_free, remembered, closed, kept] = loading.counts;
    const auto wanted = std::uint64_t{slots} + closed + kept;
    if (wanted != loading.records.size() || remembered > slots)
        return "its counts are wrong: " + std::to_string(slots) + " slots with " +
               std::to_string(remembered) + " tickets, " + std::to_string(closed) +
               " closed ones and " + std::to_string(kept) + " kept answers in " +
               std::to_string(loading.records.size()) + " records";
    if (remembered != 0 && account.now == before_all_time) return "it has tickets and no time";
    return std::nullopt;
}

Flawed load_core(ReadArchive from, Loading& loading, Account& account) {
    std::vector<std::uint8_t> enabled;
    std::uint32_t rules = 0;
    from(account.roster_version, account.last_fact_at, account.seq, account.arrivals,
         account.assignments, account.draws, account.agents, enabled, rules);
    account.now = account.last_fact_at;
    if (from.failed() || rules > from.left()) return ends_early();
    account.channel_enabled.assign(enabled.begin(), enabled.end());
    account.rules.resize(rules);
    loading.turns.resize(rules);
    for (std::uint32_t i = 0; i < rules; ++i) from(account.rules[i].last_team, loading.turns[i]);
    from(loading.counts, loading.claimed.high, loading.claimed.low);
    if (from.failed() || !from.at_end()) return ends_early();
    if (auto flaw = flaw_of_state(account, loading.turns)) return flaw;
    return flaw_of_counts(loading, account);
}

/// A slot that is no slot, or that another record has named before.
Flawed flaw_of_slot(const Loading& loading, const Account& account, Slot slot) {
    if (slot < loading.counts.slots && !account.tickets.holds(slot) &&
        loading.next_free[slot] == slot)
        return std::nullopt;
    return "slot " + std::to_string(slot) + " is taken, or none of " +
           std::to_string(loading.counts.slots);
}

Flawed load_ticket(ReadArchive from, const Loading& loading, Account& account) {
    Slot slot = no_slot;
    TicketTexts texts;
    from(slot, texts.key, texts.properties, texts.asked_skills, texts.skills, texts.contact_owner,
         texts.linked);
    if (from.failed()) return ends_early();
    if (auto flaw = flaw_of_slot(loading, account, slot)) return flaw;
    if (texts.key.empty() || texts.key.size() > protocol::key_bytes_max ||
        account.tickets.find(texts.key) != no_slot)
        return "ticket in slot " + std::to_string(slot) + ": its key is none, or another's";
    auto& ticket = account.tickets.put(slot, texts.key);
    plain_fields(from, ticket);
    if (from.failed() || !from.at_end()) return ends_early();
    if (auto flaw = flaw_of_ticket(account, slot, ticket, texts)) return flaw;
    ticket.properties = account.texts.take(texts.properties);
    ticket.asked_skills = account.texts.take(texts.asked_skills);
    ticket.skills = account.texts.take(texts.skills);
    ticket.contact_owner = account.texts.take(texts.contact_owner);
    ticket.linked = account.texts.take(texts.linked);
    return std::nullopt;
}

Flawed load_free(ReadArchive from, Loading& loading, const Account& account) {
    Slot slot = no_slot, next = no_slot;
    from(slot, next);
    if (from.failed() || !from.at_end()) return ends_early();
    if (auto flaw = flaw_of_slot(loading, account, slot)) return flaw;
    if (next == slot) return "free slot " + std::to_string(slot) + " is followed by itself";
    loading.next_free[slot] = next;
    return std::nullopt;
}

Flawed load_closed(ReadArchive from, const Loading& loading, Account& account) {
    ClosedEntry entry;
    from(entry);
    if (from.failed() || !from.at_end()) return ends_early();
    if (entry.slot >= loading.counts.slots || entry.closed.ms < protocol::instant_ms_min ||
        entry.closed.ms > protocol::instant_ms_max)
        return "closed ticket " + std::to_string(account.closed.size()) + ": slot " +
               std::to_string(entry.slot) + " or its instant is none";
    if (!PLANTED(image_loses_forgetting)) account.closed.push_back(entry);
    return std::nullopt;
}

Flawed load_kept(ReadArchive from, protocol::ReplyParser& parser, Account& account) {
    std::string key;
    KeptAnswer answer;
    from(answer.at, key, answer.request_high, answer.request_low, answer.reply);
    if (from.failed() || !from.at_end()) return ends_early();
    if (auto flaw = flaw_of_kept(account, key, answer, parser)) return flaw;
    account.kept_order.push_back({answer.at, key});
    account.kept.emplace(std::move(key), std::move(answer));
    return std::nullopt;
}

Flawed load_records(Loading& loading, Account& account) {
    protocol::ReplyParser parser;
    loading.next_free.resize(loading.counts.slots);
    for (Slot slot = 0; slot < loading.counts.slots; ++slot) loading.next_free[slot] = slot;
    account.tickets.reserve(loading.counts.slots);
    const auto load = [&](const RecordView& record) -> Flawed {
        const ReadArchive from(record.bytes);
        switch (record.kind) {
            case RecordKind::ticket:
                return load_ticket(from, loading, account);
            case RecordKind::free:
                return load_free(from, loading, account);
            case RecordKind::closed:
                return load_closed(from, loading, account);
            case RecordKind::kept:
                return load_kept(from, parser, account);
            case RecordKind::core:
                break;
        }
        return "it has a record of no kind that there is";
    };
    for (const auto& record : loading.records)
        if (auto flaw = load(record)) return flaw;
    const auto& counts = loading.counts;
    if (account.tickets.remembered() != counts.remembered ||
        (account.closed.size() != counts.closed && !PLANTED(image_loses_forgetting)) ||
        account.kept_order.size() != counts.kept)
        return "its records are not those that it counts";
    return std::nullopt;
}

/// The free slots in the order in which they will be used.
Flawed link_free_slots(const Loading& loading, Account& account) {
    const auto& counts = loading.counts;
    std::vector<Slot> free;
    for (auto slot = counts.first_free; slot != no_slot; slot = loading.next_free[slot]) {
        if (slot >= counts.slots || account.tickets.holds(slot) ||
            free.size() == counts.slots - counts.remembered)
            return "free slot " + std::to_string(slot) + " is none, or comes twice";
        free.push_back(slot);
    }
    if (free.size() != counts.slots - counts.remembered)
        return "only " + std::to_string(free.size()) + " of its free slots are linked";
    account.tickets.set_free_slots(counts.slots, free);
    return std::nullopt;
}

void set_turns(Account& account, const std::vector<std::vector<AgentNo>>& turns) {
    for (std::size_t i = 0; i < turns.size(); ++i) {
        auto& had_turn = account.rules[i].had_turn;
        had_turn.resize(account.agent_at.size());
        for (const auto agent : turns[i])
            if (const auto position = account.agent(agent).position; position != AgentSet::none)
                had_turn.set(position);
    }
}

Flawed load_account(Loading& loading, Engine& engine) {
    if (loading.cores.size() != 1)
        return "it has " + std::to_string(loading.cores.size()) + " cores, and must have one";
    ReadArchive from(loading.cores.front().bytes);
    std::string_view key, definition;
    from(key, definition);
    if (from.failed()) return ends_early();
    if (key.empty() || key.size() > protocol::key_bytes_max || engine.account(key) != nullptr)
        return "its key is none, or another's";
    auto& account = engine.add_account(key);
    if (auto flaw = load_definition(definition, account)) return flaw;
    if (auto flaw = load_core(from, loading, account)) return flaw;
    if (auto flaw = load_records(loading, account)) return flaw;
    if (auto flaw = link_free_slots(loading, account)) return flaw;
    if (auto flaw = flaw_of_arrivals(account)) return flaw;

    rebuild_derived(account);
    if (PLANTED(image_loses_window)) account.window.clear();
    set_turns(account, loading.turns);
    begin_digest(account);
    if (account.digest == loading.claimed) return std::nullopt;
    return "it claims another digest (" + loading.claimed.text() + ") than its state has (" +
           account.digest.text() + ")";
}

/// Sorts the records by account.
Flawed sort_records(std::span<const std::byte> bytes, std::vector<Loading>& accounts) {
    for (std::size_t at = 0; at < bytes.size();) {
        ReadArchive from(bytes.subspan(at));
        RecordView record;
        AccountNo account;
        std::uint32_t length = 0;
        from(record.kind, account, length);
        if (from.failed() || length > from.left())
            return "record at byte " + std::to_string(at) + " goes beyond its end";
        if (account.value >= accounts.size())
            return "record at byte " + std::to_string(at) + " is of no account that there is";
        record.bytes = bytes.subspan(at + record_head_bytes, length);
        auto& of = accounts[account.value];
        (record.kind == RecordKind::core ? of.cores : of.records).push_back(record);
        at += record_head_bytes + length;
    }
    return std::nullopt;
}

Fault not_together(const std::string& what, const std::string& flaw) {
    return usher::fault(ExitCode::data, what + " does not hold together: " + flaw);
}

}  // namespace

Result<void> save_image(const Engine& engine, const ImageSink& sink) {
    Picture picture(engine);
    for (bool complete = false; !complete;) {
        complete = picture.go_on(things_at_a_time);
        if (auto result = sink(picture.image()); !result) return result;
        picture.image().clear();
    }
    return {};
}

Result<void> load_image(std::span<const std::byte> bytes, Engine& engine) {
    ReadArchive from(bytes);
    std::uint32_t version = 0, count = 0;
    from(version, count);
    if (from.failed() || version != image_version)
        return usher::fault(ExitCode::data, "the image has version " + std::to_string(version) +
                                                ", this program knows version " +
                                                std::to_string(image_version) +
                                                ": only the build that wrote it reads it");
    if (count > from.left() / record_head_bytes)
        return not_together("the image", "it has not as many accounts as it says");
    std::vector<Loading> accounts(count);
    if (const auto flaw = sort_records(bytes.last(from.left()), accounts))
        return not_together("the image", *flaw);
    for (std::uint32_t i = 0; i < count; ++i) {
        if (const auto flaw = load_account(accounts[i], engine))
            return not_together(
                "the image of account " + std::to_string(i + 1) + " of " + std::to_string(count),
                *flaw);
        accounts[i] = {};
    }
    return {};
}

}  // namespace usher::engine
