// A desk whose rule queues, for tests of rule 38: after every request the waiting line is checked
// against the tickets.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/engine/line_check.h"
#include "tests/engine/world.h"

namespace usher::testing {

class LineDesk {
  public:
    explicit LineDesk(std::string_view roster, std::string_view at = "2026-03-02T09:00:00Z")
        : world(roster, at) {}

    const protocol::Answer& send(const std::string& line) {
        world.send(line);
        EXPECT_EQ(line_fault(account()), "") << line;
        return world.answer;
    }
    const protocol::Answer& apply(std::string_view roster, engine::RosterFlags flags = {}) {
        world.apply(roster, flags);
        EXPECT_EQ(world.answer.reject, protocol::Reject::none);
        EXPECT_EQ(line_fault(account()), "");
        return world.answer;
    }

    /// "queued 2", or the outcome with its owner or reason.
    std::string route(const std::string& ticket, const std::string& more = {},
                      const std::string& channel = "mail") {
        return place(R"({"do":"route","ticket":")" + ticket + R"(","channel":")" + channel + "\"" +
                     (more.empty() ? "" : "," + more) + "}");
    }
    std::string place(const std::string& line) {
        send(line);
        return words(world.answer.placement);
    }
    static std::string words(const protocol::Placement& placement) {
        std::string words{protocol::outcome_name(placement.outcome)};
        if (placement.position) words += " " + std::to_string(*placement.position);
        if (placement.reason != protocol::Reason::none)
            words += " " + std::string(protocol::reason_name(placement.reason));
        if (!placement.owner.key.empty()) words += " " + std::string(placement.owner.key);
        if (!placement.voicemail_message.empty())
            words += " " + std::string(placement.voicemail_message);
        return words;
    }
    /// Who holds it; "waits"; or "nobody".
    std::string owner(const std::string& ticket) {
        const auto& view = *send(R"({"do":"get_ticket","ticket":")" + ticket + "\"}").ticket;
        if (view.owner.kind == protocol::OwnerKind::bot) return "bot";
        if (!view.owner.key.empty()) return std::string(view.owner.key);
        return view.waiting ? "waits" : "nobody";
    }
    std::string drained(const std::string& line) {
        std::string keys;
        for (const auto key : send(line).drained.value())
            keys += (keys.empty() ? "" : " ") + std::string(key);
        return keys;
    }
    std::string waiting() const { return waiting_order(account()); }
    /// "assigned 1 a, voicemail 2 closed": what time has brought, but for who came and went.
    std::string tick() {
        std::string words;
        for (const auto& event : send(R"({"do":"tick"})").events.value()) {
            if (event.ticket.empty()) continue;
            words += (words.empty() ? "" : ", ") + std::string(protocol::event_name(event.kind)) +
                     " " + std::string(event.ticket);
            for (const auto part : {event.agent, event.message})
                if (!part.empty()) words += " " + std::string(part);
        }
        return words;
    }
    std::string available(const std::string& agent, const std::string& set = "available") {
        return drained(R"({"do":"availability","agent":")" + agent + R"(","set":")" + set + "\"}");
    }

    const engine::Account& account() const { return *world.engine.account("acme"); }

    World world;
};

}  // namespace usher::testing
