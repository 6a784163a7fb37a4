// The grounds that a fact keeps for `usherctl why`: how many were in the pool, what the winner had,
// what decided, and which filter left nobody.
#include <gtest/gtest.h>

#include <ostream>

#include "tests/engine/world.h"

namespace usher::testing {
namespace {

using engine::DecidedBy;
using engine::Grounds;

/// Of the last ticket that was opened.
Grounds last_grounds(const World& world) {
    for (auto record = world.facts.records.rbegin(); record != world.facts.records.rend();
         ++record) {
        engine::Fact fact;
        if (!engine::decode_fact(*record, fact)) break;
        if (const auto* opened = std::get_if<engine::Opened>(&fact.body))
            return opened->award.grounds;
    }
    ADD_FAILURE() << "no ticket was opened";
    return {};
}

/// "pool of 3, load 0, tie", as numbers and the value of DecidedBy.
struct Said {
    std::uint32_t eligible;
    std::uint32_t load;
    DecidedBy by;
    protocol::Reason emptied = protocol::Reason::none;
    bool operator==(const Said&) const = default;
    friend void PrintTo(const Said& said, std::ostream* out) {
        *out << said.eligible << " eligible, load " << said.load << ", by "
             << static_cast<int>(said.by) << ", emptied by " << static_cast<int>(said.emptied);
    }
};

Said route(World& world, int ticket, const std::string& more = {}) {
    world.send(R"({"do":"route","ticket":")" + std::to_string(ticket) + R"(","channel":"mail")" +
               more + "}");
    const auto grounds = last_grounds(world);
    EXPECT_EQ(grounds.rule.exists(), true);
    return {grounds.eligible, grounds.load, grounds.by, grounds.emptied};
}

TEST(Grounds, OfTheLowestLoad) {
    World world(small_desk());
    EXPECT_EQ(route(world, 1), (Said{3, 0, DecidedBy::order}));
    EXPECT_EQ(route(world, 2), (Said{3, 0, DecidedBy::order}));
    EXPECT_EQ(route(world, 3), (Said{3, 0, DecidedBy::load}));
    EXPECT_EQ(route(world, 4), (Said{3, 1, DecidedBy::tie}));
    world.send(R"({"do":"availability","agent":"a","set":"away"})");
    EXPECT_EQ(route(world, 5), (Said{2, 1, DecidedBy::tie}));
    world.send(R"({"do":"availability","agent":"b","set":"away"})");
    EXPECT_EQ(route(world, 6), (Said{1, 1, DecidedBy::only_one}));
    world.send(R"({"do":"availability","agent":"c","set":"away"})");
    EXPECT_EQ(route(world, 7), (Said{0, 0, DecidedBy::nobody, protocol::Reason::none_available}));
}

TEST(Grounds, OfTurnsAndDraws) {
    World turns(small_desk("distribution = \"round_robin\"\n"));
    EXPECT_EQ(route(turns, 1), (Said{3, 0, DecidedBy::turn}));
    World draws(small_desk("distribution = \"random\"\n"));
    EXPECT_EQ(route(draws, 1), (Said{3, 0, DecidedBy::draw}));
}

TEST(Grounds, OfAContactsOwner) {
    auto roster = small_desk();
    roster.replace(roster.find("users_and_teams"), 15, "contact_owner");
    roster.erase(roster.find("teams = [\"t\"]"), 13);
    World world(roster);
    EXPECT_EQ(route(world, 1, R"(,"contact_owner":"b")"), (Said{1, 0, DecidedBy::contact_owner}));
    EXPECT_EQ(route(world, 2), (Said{0, 0, DecidedBy::nobody, protocol::Reason::no_contact_owner}));
}

}  // namespace
}  // namespace usher::testing
