#include "engine/picture.h"

#include <cstring>
#include <limits>

#include "base/expect.h"
#include "base/planted.h"
#include "engine/definition_codec.h"

namespace usher::engine {

namespace {

/// Writes one record; its length is known at its end.
class Record {
  public:
    Record(RecordKind kind, const Account& account, std::vector<std::byte>& image)
        : image_(image), archive_(image) {
        archive_(kind, account.no, std::uint32_t{0});
        begin_ = image.size();
    }
    ~Record() {
        const auto bytes = static_cast<std::uint32_t>(image_.size() - begin_);
        std::memcpy(image_.data() + begin_ - sizeof bytes, &bytes, sizeof bytes);
    }
    Record(const Record&) = delete;
    Record& operator=(const Record&) = delete;

    WriteArchive& to() { return archive_; }

  private:
    std::vector<std::byte>& image_;
    WriteArchive archive_;
    std::size_t begin_ = 0;
};

void write_rules(const Account& account, WriteArchive& to) {
    to(static_cast<std::uint32_t>(account.rules.size()));
    for (const auto& rule : account.rules) {
        std::vector<AgentNo> turns;
        rule.had_turn.for_each([&](std::uint32_t p) { turns.push_back(account.agent_at[p]); });
        if (PLANTED(image_loses_turns)) turns.clear();
        to(rule.last_team, turns);
    }
}

/// The slot that a fact gives a ticket, or whose ticket it changes.
Slot slot_of(const FactBody& body) {
    return std::visit(
        [](const auto& fact) {
            if constexpr (requires { fact.opened.slot; })
                return fact.opened.slot;
            else if constexpr (requires { fact.slot; })
                return fact.slot;
            else
                return no_slot;
        },
        body);
}

}  // namespace

AccountPicture::AccountPicture(const Account& account, std::vector<std::byte>& image)
    : account_(account), image_(image) {
    const auto& tickets = account.tickets;
    closed_.count = account.closed.size();
    kept_.count = PLANTED(image_loses_kept_answers) ? 0 : account.kept_order.size();
    counts_ = {tickets.slots_used(), tickets.first_free(),
               static_cast<std::uint32_t>(tickets.remembered()),
               static_cast<std::uint32_t>(closed_.count), static_cast<std::uint32_t>(kept_.count)};
    slot_taken_.resize(counts_.slots);
}

void AccountPicture::take_core() {
    if (core_taken_) return;
    core_taken_ = true;
    std::vector<std::byte> definition;
    encode_definition(account_.definition, definition);
    Record record(RecordKind::core, account_, image_);
    auto& to = record.to();
    to(account_.key,
       std::string_view{reinterpret_cast<const char*>(definition.data()), definition.size()},
       account_.roster_version, account_.last_fact_at, account_.seq, account_.arrivals,
       account_.assignments, account_.draws, account_.agents,
       std::vector<std::uint8_t>(account_.channel_enabled.begin(), account_.channel_enabled.end()));
    write_rules(account_, to);
    EXPECT(account_.stale.tickets.empty() && account_.stale.agents.empty());
    to(counts_, account_.digest.high, account_.digest.low);
}

void AccountPicture::take_slot(Slot slot) {
    if (slot >= counts_.slots || slot_taken_[slot]) return;
    slot_taken_[slot] = true;
    auto ticket = account_.tickets[slot];
    if (!ticket.remembered) {
        Record(RecordKind::free, account_, image_).to()(slot, ticket.next_free);
        return;
    }
    if (PLANTED(image_loses_what_waits)) ticket.waiting = false;
    const auto text = [&](Interner::Id id) { return account_.texts.get(id); };
    Record record(RecordKind::ticket, account_, image_);
    record.to()(slot, account_.tickets.key_of(ticket), text(ticket.properties),
                text(ticket.asked_skills), text(ticket.skills), text(ticket.contact_owner),
                text(ticket.linked));
    plain_fields(record.to(), ticket);
}

void AccountPicture::take_closed() {
    auto entry = account_.closed[closed_.place()];
    ++closed_.taken;
    Record(RecordKind::closed, account_, image_).to()(entry);
}

void AccountPicture::take_kept() {
    const auto& [at, key] = account_.kept_order[kept_.place()];
    ++kept_.taken;
    const auto& kept = account_.kept.at(key);
    Record(RecordKind::kept, account_, image_)
        .to()(at, key, kept.request_high, kept.request_low, kept.reply);
}

bool AccountPicture::go_on(std::size_t& things) {
    if (!core_taken_) {
        take_core();
        things -= std::min(things, account_.agents.size() + 1);
    }
    for (; walk_ < counts_.slots && things > 0; ++walk_) {
        if (slot_taken_[walk_]) continue;
        take_slot(walk_);
        --things;
    }
    for (; !closed_.is_done() && things > 0; --things) take_closed();
    for (; !kept_.is_done() && things > 0; --things) take_kept();
    return walk_ == counts_.slots && closed_.is_done() && kept_.is_done();
}

void AccountPicture::take_all() {
    auto things = std::numeric_limits<std::size_t>::max();
    EXPECT(go_on(things));
}

void AccountPicture::before(const Fact& fact) {
    if (!PLANTED(picture_takes_counts_late)) take_core();
    if (std::holds_alternative<RosterCommitted>(fact.body)) return take_all();
    if (std::holds_alternative<AnswerForgotten>(fact.body)) return before_kept_leaves();
    if (const auto slot = slot_of(fact.body);
        slot != no_slot && !PLANTED(picture_misses_what_changes))
        take_slot(slot);
}

void AccountPicture::before_closed_leaves() {
    if (closed_.taken == closed_.left && !closed_.is_done()) take_closed();
    if (closed_.left < closed_.count) ++closed_.left;
}

void AccountPicture::before_kept_leaves() {
    if (kept_.taken == kept_.left && !kept_.is_done()) take_kept();
    if (kept_.left < kept_.count) ++kept_.left;
}

Picture::Picture(const Engine& engine) : digest_(engine.digest()), engine_(engine) {
    WriteArchive to(image_);
    to(image_version, static_cast<std::uint32_t>(engine.account_count()));
    accounts_.reserve(engine.account_count());
    for (const auto& account : engine.accounts()) {
        EXPECT(account->picture == nullptr);
        accounts_.push_back(std::make_unique<AccountPicture>(*account, image_));
        account->picture = accounts_.back().get();
    }
}

Picture::~Picture() {
    for (std::size_t i = 0; i < accounts_.size(); ++i) engine_.accounts()[i]->picture = nullptr;
}

bool Picture::go_on(std::size_t things) {
    while (walk_ < accounts_.size() && things > 0)
        if (accounts_[walk_]->go_on(things)) ++walk_;
    return walk_ == accounts_.size();
}

}  // namespace usher::engine
