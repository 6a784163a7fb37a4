#include "engine/image.h"

#include "engine/apply.h"
#include "engine/codec.h"
#include "engine/definition_codec.h"

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
       account.roster_version, account.now, account.seq, account.arrivals, account.assignments,
       account.draws, account.agents);
    std::vector<std::uint8_t> enabled(account.channel_enabled.begin(),
                                      account.channel_enabled.end());
    to(enabled, static_cast<std::uint32_t>(account.rules.size()));
    for (const auto& rule : account.rules) {
        std::vector<AgentNo> turns;
        rule.had_turn.for_each([&](std::uint32_t p) { turns.push_back(account.agent_at[p]); });
        to(rule.last_team, turns);
    }
    if (auto result = save_tickets(account, saver); !result) return result;
    to(static_cast<std::uint32_t>(account.closed.size()));
    for (std::size_t i = 0; i < account.closed.size(); ++i) {
        auto entry = account.closed[i];
        to(entry);
    }
    to(static_cast<std::uint32_t>(account.kept_order.size()));
    for (std::size_t i = 0; i < account.kept_order.size(); ++i) {
        const auto& [at, key] = account.kept_order[i];
        const auto& kept = account.kept.at(key);
        to(at, key, kept.request_high, kept.request_low, kept.reply);
        if (auto result = saver.flush(false); !result) return result;
    }
    to(account.digest.high, account.digest.low);
    return saver.flush(false);
}

bool load_tickets(ReadArchive& from, std::uint32_t version, Account& account) {
    Slot used = 0;
    std::uint32_t remembered = 0;
    std::vector<Slot> free;
    from(used, remembered, free);
    if (from.failed() || remembered + free.size() != used) return false;
    // Slots are filled as they are named: first all are handed out, then the free ones given back.
    for (std::uint32_t i = 0; i < remembered && !from.failed(); ++i) {
        Slot slot = no_slot;
        std::string_view key, properties, asked, skills, contact_owner, linked;
        from(slot, key, properties, asked, skills, contact_owner, linked);
        if (from.failed() || slot >= used || key.empty() || key.size() > 64) return false;
        auto& ticket = account.tickets.put(slot, key);
        ticket.properties = account.texts.take(properties);
        ticket.asked_skills = account.texts.take(asked);
        ticket.skills = account.texts.take(skills);
        ticket.contact_owner = account.texts.take(contact_owner);
        ticket.linked = account.texts.take(linked);
        plain_fields(from, ticket);
        if (version >= first_with_waiting) from(ticket.waiting);
        if (ticket.waiting && (!ticket.open || ticket.owner.kind != OwnerKind::none)) return false;
    }
    if (from.failed()) return false;
    account.tickets.set_free_slots(used, free);
    return true;
}

bool load_account(ReadArchive& from, std::uint32_t version, Engine& engine) {
    std::string_view key, definition;
    from(key, definition);
    if (from.failed() || engine.account(key) != nullptr) return false;
    auto& account = engine.add_account(key);
    if (!decode_definition(
            {reinterpret_cast<const std::byte*>(definition.data()), definition.size()},
            account.definition))
        return false;
    std::vector<std::uint8_t> enabled;
    std::uint32_t rules = 0;
    from(account.roster_version, account.now, account.seq, account.arrivals, account.assignments,
         account.draws, account.agents, enabled, rules);
    if (from.failed() || rules != account.definition.rules.size() ||
        account.agents.size() != account.definition.agents.size() ||
        enabled.size() != account.definition.channels.size())
        return false;
    account.channel_enabled.assign(enabled.begin(), enabled.end());
    account.rules.resize(rules);
    std::vector<std::vector<AgentNo>> turns(rules);
    for (std::uint32_t i = 0; i < rules; ++i) from(account.rules[i].last_team, turns[i]);
    if (from.failed() || !load_tickets(from, version, account)) return false;
    std::uint32_t closed = 0, kept = 0;
    from(closed);
    for (std::uint32_t i = 0; i < closed && !from.failed(); ++i) {
        ClosedEntry entry;
        from(entry);
        if (entry.slot >= account.tickets.slots_used()) return false;
        account.closed.push_back(entry);
    }
    from(kept);
    for (std::uint32_t i = 0; i < kept && !from.failed(); ++i) {
        std::string text;
        KeptAnswer answer;
        from(answer.at, text, answer.request_high, answer.request_low, answer.reply);
        account.kept_order.push_back({answer.at, text});
        account.kept.insert_or_assign(text, std::move(answer));
    }
    Digest claimed;
    from(claimed.high, claimed.low);
    if (from.failed()) return false;

    rebuild_derived(account);
    for (std::uint32_t i = 0; i < rules; ++i) {
        account.rules[i].had_turn.resize(account.agent_at.size());
        for (const auto agent : turns[i])
            if (agent.value < account.agents.size() &&
                account.agent(agent).position != AgentSet::none)
                account.rules[i].had_turn.set(account.agent(agent).position);
    }
    account.digest = digest_of_scratch(account);
    return account.digest == claimed;
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
        if (!load_account(from, version, engine))
            return usher::fault(ExitCode::data, "the image of account " + std::to_string(i + 1) +
                                                    " of " + std::to_string(accounts) +
                                                    " does not hold together");
    if (!from.at_end()) return usher::fault(ExitCode::data, "the image goes on behind its end");
    return {};
}

}  // namespace usher::engine
