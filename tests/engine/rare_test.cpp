// What hardly ever happens, by way of requests, rosters and facts: no room for a key, keys on what
// only asks, rosters without an instant, statuses that a roster opens and closes, facts that fit no
// state.
#include <gtest/gtest.h>

#include "engine/properties.h"
#include "tests/engine/rich_state.h"

namespace usher::testing {
namespace {

/// With a ticket of everybody's, so that each of the requests below is carried out.
void prepare(World& world) {
    world.apply(rich_roster);
    for (const auto* line : {R"({"do":"route","ticket":"m1","channel":"mail","key":"one"})",
                             R"({"do":"route","ticket":"n1","channel":"form"})",
                             R"({"do":"assign","ticket":"n1","none":true})",
                             R"({"do":"route","ticket":"w1","channel":"whatsapp"})",
                             R"({"do":"route","ticket":"b1","channel":"whatsapp"})",
                             R"({"do":"assign","ticket":"b1","bot":true})",
                             R"({"do":"route","ticket":"p1","channel":"phone"})"})
        ASSERT_EQ(world.reject(line), "none") << line;
}

// Rule 37: it is the last thing that is refused, and nothing has changed by then.
TEST(KeysFull, IsSaidByEveryRequestThatWouldChangeSomething) {
    for (const std::string rest :
         {R"("do":"route","ticket":"x","channel":"mail"})",
          R"("do":"assign","ticket":"m1","agent":"b"})",
          R"("do":"reply","ticket":"n1","agent":"a"})",
          R"("do":"assign_conversation","ticket":"w1","agent":"c"})",
          R"("do":"transfer","ticket":"m1","channel":"form"})", R"("do":"handoff","ticket":"b1"})",
          R"("do":"missed","ticket":"p1"})", R"("do":"set_status","ticket":"m1","status":"done"})",
          R"("do":"set_status","ticket":"m1","status":"new"})", R"("do":"close","ticket":"m1"})",
          R"("do":"import","ticket":"i","channel":"mail","created_at":"2026-03-01T00:00:00Z",)"
          R"("none":true})",
          R"("do":"update","ticket":"m1","priority":3})",
          R"("do":"availability","agent":"c","set":"available"})",
          R"("do":"absence","agent":"a","from":"2026-05-01T00:00:00Z",)"
          R"("until":"2026-05-02T00:00:00Z"})",
          R"("do":"absence","agent":"a","from":"2026-05-01T00:00:00Z",)"
          R"("until":"2026-05-02T00:00:00Z","cancel":true})",
          R"("do":"capacity","agent":"a","total":5})",
          R"("do":"channel","channel":"mail","enabled":false})"}) {
        SCOPED_TRACE(rest);
        World world(small_desk());
        world.engine = engine::Engine({.keys_max = 1});
        prepare(world);
        const auto before = world.engine.digest();
        EXPECT_EQ(world.reject(R"({"key":"two",)" + rest), "keys_full");
        EXPECT_EQ(world.engine.digest(), before);
        EXPECT_EQ(world.reject("{" + rest), "none");
    }
}

TEST(KeysFull, IsSaidOfARosterToo) {
    World world(small_desk());
    world.engine = engine::Engine({.keys_max = 1});
    prepare(world);
    std::string changed = rich_roster;
    changed.replace(changed.find("email = 2"), 9, "email = 1");
    const auto before = world.engine.digest();
    EXPECT_EQ(world.apply(changed, {.key = "two"}).reject, protocol::Reject::keys_full);
    EXPECT_EQ(world.engine.digest(), before);
    EXPECT_EQ(world.apply(changed).reject, protocol::Reject::none);
}

// Rule 37: a key is for what changes something; on a question it means nothing, room or not.
TEST(Key, OfAQuestionMeansNothing) {
    Rich rich;
    rich.world.engine = engine::Engine({.keys_max = 1});
    prepare(rich.world);
    auto& world = rich.world;
    const auto before = world.engine.digest();
    const auto now = world.engine.account("acme")->now;
    protocol::Explain explain;
    explain.route.ticket = "x";
    explain.route.channel = "mail";
    protocol::Tickets tickets;
    tickets.of = {protocol::OwnerKind::agent, "a"};
    const std::vector<protocol::Body> questions{
        explain, protocol::GetTicket{"m1"}, protocol::GetAgent{"a"}, protocol::Backlog{"desk", {}},
        tickets, protocol::Tick{}};
    for (const auto& question : questions)
        for (const std::string_view key : {"two", "one"}) {
            world.engine.handle({"acme", key, {}, question}, now, world.facts, world.answer);
            EXPECT_EQ(world.answer.reject, protocol::Reject::none) << question.index() << key;
        }
    EXPECT_EQ(world.engine.digest(), before);
}

// Rule 37. Two requests are told apart by all of their hash.
TEST(Key, WithHalfOfAnothersHashIsReused) {
    Rich rich;
    const std::string once = R"({"do":"route","ticket":"m2","channel":"mail","key":"once"})";
    EXPECT_EQ(rich.world.reject(once), "none");
    auto& kept = rich.account().kept.at("once");
    kept.request_low ^= 1;
    EXPECT_EQ(rich.world.reject(once), "key_reused");
    kept.request_low ^= 1;
    kept.request_high ^= 1;
    EXPECT_EQ(rich.world.reject(once), "key_reused");
}

TEST(Prefetch, ChangesNothingWhateverIsAsked) {
    Rich rich;
    const auto before = rich.world.engine.digest();
    const auto prefetch = [&](const std::string& account, const protocol::Body& body) {
        rich.world.engine.prefetch({account, {}, {}, body});
    };
    protocol::Route route;
    route.ticket = "m1";
    prefetch("acme", route);
    prefetch("acme", protocol::Close{"m1"});
    prefetch("acme", protocol::Close{"nobody knows it"});
    prefetch("acme", protocol::Tick{});
    prefetch("other", route);
    World empty(small_desk());
    empty.engine.prefetch({"acme", {}, {}, route});  // no ticket yet
    EXPECT_EQ(rich.world.engine.digest(), before);
}

const engine::AccountDefinition& rich_definition() {
    static World world(rich_roster);
    return world.engine.account("acme")->definition;
}

constexpr Instant monday_noon{1'772'450'000'000};  // 2026-03-02T11:13:20Z

TEST(Roster, OfAnUnknownAccountTriedDryMakesNoAccount) {
    engine::Engine engine;
    FactKeeper facts;
    protocol::Answer answer;
    engine.apply_roster("acme", rich_definition(), {.dry_run = true}, monday_noon, facts, answer);
    EXPECT_EQ(answer.reject, protocol::Reject::none);
    EXPECT_EQ(engine.account_count(), 0U);
    EXPECT_TRUE(facts.records.empty());
}

// An account whose roster came without an instant begins with its first request: whoever has hours
// is available from then on, and that is told.
TEST(Roster, WithoutAnInstantCountsFromTheFirstRequestOn) {
    engine::Engine engine;
    FactKeeper facts;
    protocol::Answer answer;
    engine.apply_roster("acme", rich_definition(), {}, engine::before_all_time, facts, answer);
    ASSERT_EQ(answer.reject, protocol::Reject::none);
    const auto& account = *engine.account("acme");
    EXPECT_EQ(account.now, engine::before_all_time);
    EXPECT_FALSE(account.agents[1].available());  // b, mon-fri 09:00-17:00
    const auto before = facts.records.size();
    engine.handle({"acme", {}, {}, protocol::Tick{}}, monday_noon, facts, answer);
    EXPECT_TRUE(account.agents[1].available());
    EXPECT_GT(facts.records.size(), before);
    EXPECT_EQ(account.now, monday_noon);
    EXPECT_TRUE(engine.tick(account, {monday_noon.ms - 1}, facts));  // nothing goes back
    EXPECT_EQ(account.now, monday_noon);
    // And at its end the hours are over, as they are where the roster came with an instant.
    engine.handle({"acme", {}, {}, protocol::Tick{}}, {monday_noon.ms + 8 * 3'600'000}, facts,
                  answer);
    EXPECT_FALSE(account.agents[1].available());
    EXPECT_EQ(replayed(facts)->digest(), engine.digest());
}

std::string with_status(bool new_is_open, bool done_is_open) {
    const auto word = [](bool open) { return open ? "true" : "false"; };
    return small_desk("  queue = true\n", std::string(R"(
[[pipeline]]
key = "p"
statuses = [{ key = "first", open = true }, { key = "new", open = )") +
                                              word(new_is_open) + R"( },
            { key = "done", open = )" + word(done_is_open) +
                                              R"( }, { key = "last", open = false }]
)");
}

protocol::TicketView ticket(World& world, const std::string& key) {
    return *world.send(R"({"do":"get_ticket","ticket":")" + key + "\"}").ticket;
}

// Rules 29, 40 and 41: a ticket is what its status says, also when a roster says otherwise of it.
TEST(Roster, ThatOpensAndClosesStatusesOpensAndClosesTickets) {
    World world(with_status(true, false));
    const std::string route = R"({"do":"route","channel":"mail","pipeline":"p","ticket":")";
    world.send(route + R"(held","status":"new"})");
    world.send(route + R"(shut"})");
    world.send(R"({"do":"set_status","ticket":"shut","status":"done"})");
    for (const std::string agent : {"a", "b", "c"})
        world.send(R"({"do":"availability","set":"away","agent":")" + agent + "\"}");
    EXPECT_EQ(world.outcome(route + R"(line","status":"new"})"), "queued");
    ASSERT_TRUE(ticket(world, "line").waiting);
    ASSERT_EQ(world.apply(with_status(false, true)).reject, protocol::Reject::none);
    EXPECT_FALSE(ticket(world, "held").open);
    EXPECT_FALSE(ticket(world, "line").open);
    EXPECT_FALSE(ticket(world, "line").waiting);
    EXPECT_TRUE(ticket(world, "shut").open);
    EXPECT_EQ(world.engine.open_ticket_count(), 1U);
    EXPECT_EQ(world.engine.remembered_ticket_count(), 3U);
    EXPECT_EQ(replayed(world.facts)->digest(), world.engine.digest());
    EXPECT_EQ(reloaded(world.engine)->digest(), world.engine.digest());
    // What it has closed is forgotten in time, and what it has opened is not.
    world.at("2027-03-02T09:00:00Z");
    EXPECT_EQ(world.reject(R"({"do":"get_ticket","ticket":"held"})"), "unknown_ticket");
    EXPECT_EQ(world.reject(R"({"do":"get_ticket","ticket":"line"})"), "unknown_ticket");
    EXPECT_TRUE(ticket(world, "shut").open);
}

// Rules 5, 7 and 36: of those who ask to be told, only who could be given it by hand is.
TEST(Told, OfWhatGoesToNobodyAreThoseWhoMayHaveItAlone) {
    std::string roster = rich_roster;
    for (const std::string agent : {"a", "b", "c"}) {
        const auto at = roster.find("key = \"" + agent + "\"\n");
        roster.insert(at, "notify_unassigned = true\n");
    }
    World world(roster);
    // `talk` is for the team vip: b is an extra member of it, c a main one, a none.
    ASSERT_EQ(world.reject(R"({"do":"route","ticket":"w","channel":"whatsapp"})"), "none");
    ASSERT_EQ(world.reject(R"({"do":"assign","ticket":"w","none":true})"), "none");
    engine::Fact fact;
    ASSERT_TRUE(engine::decode_fact(world.facts.records.back(), fact));
    const auto& placed = std::get<engine::Placed>(fact.body);
    std::vector<std::uint32_t> told;
    engine::for_each_number<engine::AgentNo>(
        placed.award.told, [&](engine::AgentNo agent) { told.push_back(agent.value); });
    EXPECT_EQ(told, (std::vector<std::uint32_t>{1, 2}));
}

TEST(Replay, OfAFactThatFitsNoStateIsAFault) {
    Rich rich;
    engine::Fact fact;
    ASSERT_TRUE(engine::decode_fact(rich.world.facts.records.back(), fact));
    const auto says = [&](const engine::Fact& unfit) {
        const auto engine = replayed(rich.world.facts);
        const auto done = engine->replay(unfit);
        EXPECT_EQ(engine->digest(), rich.world.engine.digest());
        return done ? std::string() : done.error().message;
    };
    const auto next = fact.seq + 1;
    auto unfit = fact;
    unfit.account.value = 7;
    EXPECT_NE(says(unfit).find("account number 7 comes before the account does"),
              std::string::npos);
    unfit = fact;
    unfit.seq = next;
    unfit.at.ms -= 1;
    EXPECT_NE(says(unfit).find("is older than the one before it"), std::string::npos);
    unfit = fact;
    EXPECT_NE(says(unfit).find("is not the next one of that account"), std::string::npos);
}

TEST(Facts, ThatAreNoneAreNotDecoded) {
    Rich rich;
    auto record = rich.world.facts.records.back();
    engine::Fact fact;
    constexpr std::size_t kind_at = 4 + 8 + 8 + 1;  // behind account, sequence, instant and cause
    for (std::size_t size = 0; size < record.size(); ++size)
        EXPECT_FALSE(engine::decode_fact(std::span(record).first(size), fact)) << size;
    EXPECT_TRUE(engine::decode_fact(record, fact));
    record[kind_at] = static_cast<std::byte>(std::variant_size_v<engine::FactBody>);
    EXPECT_FALSE(engine::decode_fact(record, fact));
}

// Rule 35: what follows in a list is asked for with the `next` of the part before; else with
// nothing.
TEST(Pages, BehindWhatIsNoPlaceInTheListAreRefused) {
    Rich rich;
    for (const std::string after : {"x", "12", "12.", "12x3", "12.x", "12.3x", ".3",
                                    "99999999999999999999.1", "1.99999999999999999999"})
        EXPECT_EQ(rich.world.reject(R"({"do":"tickets","agent":"a","after":")" + after + "\"}"),
                  "bad_field")
            << after;
    EXPECT_EQ(rich.world.reject(R"({"do":"tickets","agent":"a","after":"12.3"})"), "none");
}

// Rule 24: a draw that would favour somebody is not used. Of 2^64 numbers one does with three in
// the pool, and this seed gives it first.
TEST(Draws, ThatWouldFavourSomebodyAreDrawnAgain) {
    auto desk = small_desk("  distribution = \"random\"\n");
    desk.replace(desk.find("seed = 7"), 8, "seed = 7046029254386353131");
    World world(desk);
    const auto& account = *world.engine.account("acme");
    EXPECT_EQ(world.reject(R"({"do":"route","ticket":"1","channel":"mail"})"), "none");
    EXPECT_EQ(account.draws, 2U);
    EXPECT_EQ(world.reject(R"({"do":"route","ticket":"2","channel":"mail"})"), "none");
    EXPECT_EQ(account.draws, 3U);
    EXPECT_EQ(replayed(world.facts)->digest(), world.engine.digest());
}

// Rule 42.
TEST(Import, OfWhatWasAssignedBeforeItCameIsRefused) {
    Rich rich;
    const std::string line =
        R"({"do":"import","ticket":"i","channel":"mail","agent":"a",)"
        R"("created_at":"2026-03-01T00:00:01Z","assigned_at":"2026-03-01T00:00:0)";
    EXPECT_EQ(rich.world.reject(line + "0Z\"}"), "bad_field");
    EXPECT_EQ(rich.world.answer.message, "assigned_at: is before created_at");
    EXPECT_EQ(rich.world.reject(line + "1Z\"}"), "none");
}

}  // namespace
}  // namespace usher::testing
