#include "tests/engine/exercise.h"

#include <algorithm>
#include <cstring>

#include "base/expect.h"
#include "engine/image.h"
#include "engine/image_format.h"
#include "protocol/validate.h"

namespace usher::testing {

namespace {

using engine::Account;
using protocol::OwnerKind;

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::size_t tickets_max = 40;

class Exercise {
  public:
    Exercise(engine::Engine& engine, const Account& account)
        : engine_(engine), account_(account), key_(account.key) {
        at_ = std::clamp(account.now.ms, std::int64_t{0}, protocol::instant_ms_max);
    }

    std::size_t run() {
        ask(protocol::Tick{});
        remember_keys();
        for (const auto& channel : channels_) of_channel(channel);
        for (const auto& ticket : tickets_) of_ticket(ticket);
        for (const auto& agent : agents_) of_agent(agent);
        for (const auto& inbox : inboxes_) ask(protocol::Backlog{inbox, {}});
        for (const auto& key : kept_) ask(protocol::Close{"no such ticket"}, key);
        for (const auto days : {1, 29, 2, 40, 400}) {
            at_ = std::min(at_ + days * day_ms, protocol::instant_ms_max);
            ask(protocol::Tick{});
        }
        for (const auto& ticket : tickets_) ask(protocol::GetTicket{ticket});
        return accepted_;
    }

  private:
    /// Copies: what follows changes what they are read from.
    void remember_keys() {
        const auto& d = account_.definition;
        for (const auto& channel : d.channels) channels_.push_back(channel.key);
        for (const auto& agent : d.agents) agents_.push_back(agent.key);
        for (const auto& inbox : d.inboxes) inboxes_.push_back(inbox.key);
        for (const auto& team : d.teams) teams_.push_back(team.key);
        for (engine::Slot slot = 0;
             slot < account_.tickets.slots_used() && tickets_.size() < tickets_max; ++slot)
            if (account_.tickets[slot].remembered)
                tickets_.emplace_back(account_.tickets.key_of(account_.tickets[slot]));
        for (const auto& [key, answer] : account_.kept) kept_.push_back(key);
    }

    void ask(const protocol::Body& body, std::optional<std::string_view> key = {}) {
        engine::NoLog log;
        answer_.clear();
        engine_.handle({key_, key, at_, body}, {at_}, log, answer_);
        if (answer_.reject == protocol::Reject::none) ++accepted_;
        ++at_;
    }

    void of_channel(const std::string& channel) {
        for (int n = 0; n < 3; ++n) {
            protocol::Route route;
            const auto key = "new-" + std::to_string(made_++);
            route.ticket = key;
            route.channel = channel;
            if (!agents_.empty()) route.contact_owner = agents_[made_ % agents_.size()];
            ask(protocol::Explain{route, {}});
            ask(route, key);
            tickets_.push_back(key);
        }
        ask(protocol::Tickets{{}, channel, true, {}});
    }

    void of_ticket(const std::string& ticket) {
        ask(protocol::GetTicket{ticket});
        protocol::Explain explain;
        explain.route.ticket = ticket;
        ask(explain);
        ask(protocol::ContactReply{ticket});
        ask(protocol::EmailSent{ticket});
        ask(protocol::Update{ticket, 5, std::nullopt, std::nullopt});
        ask(protocol::Handoff{ticket});
        ask(protocol::Missed{ticket});
        if (!channels_.empty())
            ask(protocol::Transfer{ticket, channels_[made_++ % channels_.size()]});
        if (!teams_.empty()) ask(protocol::Assign{ticket, {OwnerKind::team, teams_.front()}, {}});
        if (!agents_.empty()) {
            const auto& agent = agents_[made_ % agents_.size()];
            ask(protocol::Assign{ticket, {OwnerKind::agent, agent}, {}});
            ask(protocol::AssignConversation{ticket, agent, {}});
        }
        ask(protocol::Close{ticket});
        if (made_ % 2 == 0) ask(protocol::Reopen{ticket});
    }

    void of_agent(const std::string& agent) {
        ask(protocol::GetAgent{agent});
        ask(protocol::Tickets{{OwnerKind::agent, agent}, {}, true, {}});
        for (const auto set :
             {protocol::AvailabilitySetting::away, protocol::AvailabilitySetting::available,
              protocol::AvailabilitySetting::hours})
            ask(protocol::Availability{agent, set, {}});
        ask(protocol::Absence{agent, at_, at_ + day_ms, false});
        protocol::Capacity lifted;
        lifted.agent = agent;
        lifted.total.named = true;
        ask(lifted);
    }

    engine::Engine& engine_;
    const Account& account_;
    std::string key_;
    std::int64_t at_ = 0;
    std::size_t made_ = 0;
    std::size_t accepted_ = 0;
    protocol::Answer answer_;
    std::vector<std::string> channels_, agents_, inboxes_, teams_, tickets_, kept_;
};

}  // namespace

std::size_t exercise(engine::Engine& engine) {
    std::size_t accepted = 0;
    for (const auto& account : engine.accounts()) accepted += Exercise(engine, *account).run();
    return accepted;
}

std::vector<std::byte> image_of(const engine::Engine& engine) {
    std::vector<std::byte> image;
    const auto saved =
        engine::save_image(engine, [&](std::span<const std::byte> piece) -> Result<void> {
            image.insert(image.end(), piece.begin(), piece.end());
            return {};
        });
    EXPECT(saved);
    return image;
}

std::vector<ImageRecord> records_of(std::span<const std::byte> image) {
    std::vector<ImageRecord> records;
    for (std::size_t at = image_head_bytes; at + engine::record_head_bytes <= image.size();) {
        ImageRecord record;
        std::uint32_t length = 0;
        std::memcpy(&record.kind, image.data() + at, sizeof record.kind);
        std::memcpy(&record.account, image.data() + at + 1, sizeof record.account);
        std::memcpy(&length, image.data() + at + 5, sizeof length);
        record.begin = at;
        at += engine::record_head_bytes + length;
        if (at > image.size()) break;
        record.end = at;
        records.push_back(record);
    }
    return records;
}

bool reseal_image(std::vector<std::byte>& image, std::string& why) {
    engine::Engine engine;
    const auto loaded = engine::load_image(image, engine);
    why = loaded ? std::string{} : loaded.error().message;
    if (loaded) return true;
    if (why.find("it claims another digest") == std::string::npos) return false;
    const auto& account = *engine.accounts().back();
    const std::array<std::uint64_t, 2> claimed{account.digest.high, account.digest.low};
    for (const auto& record : records_of(image))
        if (record.kind == engine::RecordKind::core && record.account == account.no.value)
            std::memcpy(image.data() + record.end - sizeof claimed, claimed.data(), sizeof claimed);
    return true;
}

}  // namespace usher::testing
