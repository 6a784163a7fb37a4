#include "engine/image.h"

#include "base/planted.h"
#include "engine/apply.h"
#include "engine/codec.h"
#include "engine/definition_check.h"
#include "engine/definition_codec.h"
#include "engine/image_check.h"
#include "protocol/limits.h"
#include "protocol/validate.h"

namespace usher::engine {

// Found by argument-dependent look-up from the archives, so these stand in the open namespace.
template <class A>
void fields(A& a, Holder& v) {
    a(v.kind, v.number);
}
template <class A>
void fields(A& a, LastAssigned& v) {
    a(v.at, v.assignment);
}
template <class A>
void fields(A& a, AgentState& v) {
    a(v.manual, v.under, v.capacity, v.absences, v.last);
}
template <class A>
void fields(A& a, ClosedEntry& v) {
    std::uint64_t arrival = v.arrival;  // its low half says enough
    a(v.closed, v.slot, arrival);
    v.arrival = static_cast<std::uint32_t>(arrival);
}

namespace {

constexpr std::uint32_t image_version = 2;
constexpr std::uint32_t first_with_waiting = 2;
constexpr std::size_t piece_bytes = 1024 * 1024;

/// What stands in the image of a ticket besides its texts.
template <class A>
void plain_fields(A& a, Ticket& v) {
    a(v.open, v.reopened, v.contact_tracked, v.under_fallback, v.priority, v.type, v.owner,
      v.channel, v.inbox, v.pipeline, v.status, v.arrival, v.assignment, v.created, v.assigned,
      v.closed, v.close_date, v.has_close_date);
}

class Saver {
  public:
    explicit Saver(const ImageSink& sink) : sink_(sink), archive_(buffer_) {}

    WriteArchive& to() { return archive_; }
    Result<void> flush(bool all) {
        if (buffer_.empty() || (!all && buffer_.size() < piece_bytes)) return {};
        auto result = sink_(buffer_);
        buffer_.clear();
        return result;
    }

  private:
    const ImageSink& sink_;
    std::vector<std::byte> buffer_;
    WriteArchive archive_;
};

Result<void> save_tickets(const Account& account, Saver& saver) {
    const auto& tickets = account.tickets;
    saver.to()(tickets.slots_used(), static_cast<std::uint32_t>(tickets.remembered()),
               tickets.free_slots());
    for (Slot slot = 0; slot < tickets.slots_used(); ++slot) {
        auto ticket = tickets[slot];
        if (!ticket.remembered) continue;
        const auto text = [&](Interner::Id id) { return account.texts.get(id); };
        saver.to()(slot, tickets.key_of(ticket), text(ticket.properties), text(ticket.asked_skills),
                   text(ticket.skills), text(ticket.contact_owner), text(ticket.linked));
        plain_fields(saver.to(), ticket);
        if (PLANTED(image_loses_what_waits)) ticket.waiting = false;
        saver.to()(ticket.waiting);
        if (auto result = saver.flush(false); !result) return result;
    }
    return {};
}

Result<void> save_account(const Account& account, Saver& saver) {
    std::vector<std::byte> definition;
    encode_definition(account.definition, definition);
    auto& to = saver.to();
    to(account.key,
       std::string_view{reinterpret_cast<const char*>(definition.data()), definition.size()},
       account.roster_version, account.last_fact_at, account.seq, account.arrivals,
       account.assignments, account.draws, account.agents);
    std::vector<std::uint8_t> enabled(account.channel_enabled.begin(),
                                      account.channel_enabled.end());
    to(enabled, static_cast<std::uint32_t>(account.rules.size()));
    for (const auto& rule : account.rules) {
        std::vector<AgentNo> turns;
        rule.had_turn.for_each([&](std::uint32_t p) { turns.push_back(account.agent_at[p]); });
        if (PLANTED(image_loses_turns)) turns.clear();
        to(rule.last_team, turns);
    }
    if (auto result = save_tickets(account, saver); !result) return result;
    to(static_cast<std::uint32_t>(account.closed.size()));
    for (std::size_t i = 0; i < account.closed.size(); ++i) {
        auto entry = account.closed[i];
        to(entry);
    }
    const auto kept_answers = PLANTED(image_loses_kept_answers) ? 0 : account.kept_order.size();
    to(static_cast<std::uint32_t>(kept_answers));
    for (std::size_t i = 0; i < kept_answers; ++i) {
        const auto& [at, key] = account.kept_order[i];
        const auto& kept = account.kept.at(key);
        to(at, key, kept.request_high, kept.request_low, kept.reply);
        if (auto result = saver.flush(false); !result) return result;
    }
    to(account.digest.high, account.digest.low);
    return saver.flush(false);
}

/// Nothing, or what is wrong.
using Flawed = std::optional<std::string>;

Flawed ends_early(const ReadArchive& from) {
    return "it ends within this account, " + std::to_string(from.left()) +
           " bytes before the end of the image";
}

Flawed load_ticket(ReadArchive& from, std::uint32_t version, Slot used, Account& account) {
    Slot slot = no_slot;
    TicketTexts texts;
    from(slot, texts.key, texts.properties, texts.asked_skills, texts.skills, texts.contact_owner,
         texts.linked);
    if (from.failed()) return ends_early(from);
    if (slot >= used || account.tickets.holds(slot))
        return "slot " + std::to_string(slot) + " is taken, or none of " + std::to_string(used);
    if (texts.key.empty() || texts.key.size() > protocol::key_bytes_max ||
        account.tickets.find(texts.key) != no_slot)
        return "ticket in slot " + std::to_string(slot) + ": its key is none, or another's";
    auto& ticket = account.tickets.put(slot, texts.key);
    plain_fields(from, ticket);
    if (version >= first_with_waiting) from(ticket.waiting);
    if (from.failed()) return ends_early(from);
    if (auto flaw = flaw_of_ticket(account, slot, ticket, texts)) return flaw;
    ticket.properties = account.texts.take(texts.properties);
    ticket.asked_skills = account.texts.take(texts.asked_skills);
    ticket.skills = account.texts.take(texts.skills);
    ticket.contact_owner = account.texts.take(texts.contact_owner);
    ticket.linked = account.texts.take(texts.linked);
    return std::nullopt;
}

Flawed load_tickets(ReadArchive& from, std::uint32_t version, Account& account) {
    // What a ticket takes at least: more of them than this allows are not there.
    constexpr std::size_t ticket_bytes_min = 100;
    Slot used = 0;
    std::uint32_t remembered = 0;
    std::vector<Slot> free;
    from(used, remembered, free);
    if (from.failed()) return ends_early(from);
    if (remembered > from.left() / ticket_bytes_min || remembered + free.size() != used)
        return "its counts of tickets are wrong: " + std::to_string(remembered) + " and " +
               std::to_string(free.size()) + " free slots of " + std::to_string(used);
    if (remembered != 0 && account.now == before_all_time) return "it has tickets and no time";
    // Slots are filled as they are named; then the free ones are put in the order in which they
    // will be used.
    account.tickets.reserve(used);
    for (std::uint32_t i = 0; i < remembered; ++i)
        if (auto flaw = load_ticket(from, version, used, account)) return flaw;
    if (auto flaw = flaw_of_slots(account, used, free)) return flaw;
    account.tickets.set_free_slots(used, free);
    return flaw_of_arrivals(account);
}

Flawed load_closed(ReadArchive& from, Account& account) {
    std::uint32_t closed = 0;
    from(closed);
    for (std::uint32_t i = 0; i < closed; ++i) {
        ClosedEntry entry;
        from(entry);
        if (from.failed()) return ends_early(from);
        if (entry.slot >= account.tickets.slots_used() ||
            entry.closed.ms < protocol::instant_ms_min ||
            entry.closed.ms > protocol::instant_ms_max)
            return "closed ticket " + std::to_string(i) + ": slot " + std::to_string(entry.slot) +
                   " or its instant is none";
        if (!PLANTED(image_loses_forgetting)) account.closed.push_back(entry);
    }
    return std::nullopt;
}

Flawed load_kept(ReadArchive& from, Account& account) {
    protocol::ReplyParser parser;
    std::uint32_t kept = 0;
    from(kept);
    for (std::uint32_t i = 0; i < kept; ++i) {
        std::string key;
        KeptAnswer answer;
        from(answer.at, key, answer.request_high, answer.request_low, answer.reply);
        if (from.failed()) return ends_early(from);
        if (auto flaw = flaw_of_kept(account, key, answer, parser)) return flaw;
        account.kept_order.push_back({answer.at, key});
        account.kept.emplace(std::move(key), std::move(answer));
    }
    return std::nullopt;
}

Flawed load_definition(std::string_view bytes, Account& account) {
    if (!decode_definition({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()},
                           account.definition))
        return "its roster cannot be read";
    auto flaw = flaw_of(account.definition);
    if (flaw) flaw->insert(0, "its roster: ");
    return flaw;
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

/// Everything of an account whose definition is there.
Flawed load_state(ReadArchive& from, std::uint32_t version, Account& account) {
    std::vector<std::uint8_t> enabled;
    std::uint32_t rules = 0;
    from(account.roster_version, account.last_fact_at, account.seq, account.arrivals,
         account.assignments, account.draws, account.agents, enabled, rules);
    account.now = account.last_fact_at;
    if (from.failed() || rules > from.left()) return ends_early(from);
    account.channel_enabled.assign(enabled.begin(), enabled.end());
    account.rules.resize(rules);
    std::vector<std::vector<AgentNo>> turns(rules);
    for (std::uint32_t i = 0; i < rules; ++i) from(account.rules[i].last_team, turns[i]);
    if (from.failed()) return ends_early(from);
    if (auto flaw = flaw_of_state(account, turns)) return flaw;
    if (auto flaw = load_tickets(from, version, account)) return flaw;
    if (auto flaw = load_closed(from, account)) return flaw;
    if (auto flaw = load_kept(from, account)) return flaw;
    Digest claimed;
    from(claimed.high, claimed.low);
    if (from.failed()) return ends_early(from);

    rebuild_derived(account);
    if (PLANTED(image_loses_window)) account.window.clear();
    set_turns(account, turns);
    account.digest = digest_of_scratch(account);
    if (account.digest == claimed) return std::nullopt;
    return "it claims another digest (" + claimed.text() + ") than its state has (" +
           account.digest.text() + ")";
}

Flawed load_account(ReadArchive& from, std::uint32_t version, Engine& engine) {
    std::string_view key, definition;
    from(key, definition);
    if (from.failed()) return ends_early(from);
    if (key.empty() || key.size() > protocol::key_bytes_max || engine.account(key) != nullptr)
        return "its key is none, or another's";
    auto& account = engine.add_account(key);
    if (auto flaw = load_definition(definition, account)) return flaw;
    return load_state(from, version, account);
}

}  // namespace

Result<void> save_image(const Engine& engine, const ImageSink& sink) {
    Saver saver(sink);
    saver.to()(image_version, static_cast<std::uint32_t>(engine.account_count()));
    for (const auto& account : engine.accounts())
        if (auto result = save_account(*account, saver); !result) return result;
    return saver.flush(true);
}

Result<void> load_image(std::span<const std::byte> bytes, Engine& engine) {
    ReadArchive from(bytes);
    std::uint32_t version = 0, accounts = 0;
    from(version, accounts);
    if (version == 0 || version > image_version)
        return usher::fault(ExitCode::data, "the image has version " + std::to_string(version) +
                                                ", this program knows versions up to " +
                                                std::to_string(image_version));
    for (std::uint32_t i = 0; i < accounts; ++i)
        if (const auto flaw = load_account(from, version, engine))
            return usher::fault(ExitCode::data, "the image of account " + std::to_string(i + 1) +
                                                    " of " + std::to_string(accounts) +
                                                    " does not hold together: " + *flaw);
    if (!from.at_end()) return usher::fault(ExitCode::data, "the image goes on behind its end");
    return {};
}

}  // namespace usher::engine
