// A picture that is taken while the state goes on shows the state at which it was begun, whatever
// happens meanwhile: the image that it makes loads into the same state as one made at that instant.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "engine/image.h"
#include "engine/picture.h"
#include "tests/engine/exercise.h"
#include "tests/engine/telling.h"
#include "tests/support/random.h"

namespace usher::testing {
namespace {

using engine::Picture;

void collect(Picture& picture, std::vector<std::byte>& image) {
    image.insert(image.end(), picture.image().begin(), picture.image().end());
    picture.image().clear();
}

/// The image that is made of what the bytes load into: always in one order.
std::vector<std::byte> in_order(const std::vector<std::byte>& image) {
    engine::Engine loaded;
    const auto result = engine::load_image(image, loaded);
    EXPECT_TRUE(result) << result.error().message;
    return image_of(loaded);
}

std::uint64_t histories() {
    const char* given = std::getenv("USHER_HISTORIES");
    return given == nullptr ? 60 : std::stoull(given);
}

struct Seen {
    std::size_t pictures = 0;
    std::size_t facts_meanwhile = 0;
    std::size_t rosters_meanwhile = 0;
    std::size_t forgotten_meanwhile = 0;
};

void count_facts(const FactKeeper& facts, std::size_t from, Seen& seen) {
    seen.facts_meanwhile += facts.records.size() - from;
    for (; from < facts.records.size(); ++from) {
        engine::Fact fact;
        ASSERT_TRUE(engine::decode_fact(facts.records[from], fact));
        if (std::holds_alternative<engine::RosterCommitted>(fact.body)) ++seen.rosters_meanwhile;
        if (std::holds_alternative<engine::Forgotten>(fact.body)) ++seen.forgotten_meanwhile;
    }
}

/// Takes one picture after the other while the history goes on.
void take_pictures(std::uint64_t seed, Seen& seen) {
    Random random(seed);
    const auto history = invent_history_that_waits(seed, 250);
    Telling run(history);
    const auto& live = run.world.engine;
    std::unique_ptr<Picture> picture;
    std::vector<std::byte> image, at_once;
    std::size_t facts_before = 0;
    for (const auto& line : history.lines) {
        if (!picture && random.chance(10)) {
            at_once = image_of(live);
            picture = std::make_unique<Picture>(live);
            EXPECT_EQ(picture->digest(), live.digest());
            facts_before = run.world.facts.records.size();
        }
        run.carry_out(line);
        if (!picture || !random.chance(60)) continue;
        const bool complete = picture->go_on(1 + random.below(4));
        if (random.chance(50) || complete) collect(*picture, image);
        if (!complete) continue;
        picture.reset();
        ASSERT_EQ(in_order(image), in_order(at_once)) << "of seed " << seed << " before " << line;
        image.clear();
        ++seen.pictures;
        count_facts(run.world.facts, facts_before, seen);
    }
}

TEST(Picture, ShowsTheStateAtWhichItWasBegun) {
    const auto seed = fresh_seed();
    std::cout << "USHER_SEED=" << seed << "\n";
    Seen seen;
    for (std::uint64_t i = 0; i < histories() && !HasFailure(); ++i) take_pictures(seed + i, seen);
    std::cout << "pictures: " << seen.pictures
              << ", facts while they were taken: " << seen.facts_meanwhile
              << ", of them rosters: " << seen.rosters_meanwhile
              << ", tickets forgotten: " << seen.forgotten_meanwhile << "\n";
    EXPECT_GT(seen.pictures, histories());
    EXPECT_GT(seen.facts_meanwhile, histories() * 20);
    EXPECT_GT(seen.rosters_meanwhile, histories() / 10);
    EXPECT_GT(seen.forgotten_meanwhile, histories() / 10);
}

std::unique_ptr<World> desk_with_tickets() {
    auto world = std::make_unique<World>(small_desk());
    for (int i = 0; i < 20; ++i)
        world->send(R"({"do":"route","channel":"mail","ticket":")" + std::to_string(i) + "\"}");
    return world;
}

// The control: were a change not told of, the picture would not hold together.
TEST(Picture, IsSpoiltByAChangeThatItDoesNotSee) {
    const auto world = desk_with_tickets();
    Picture picture(world->engine);
    std::vector<std::byte> image;
    ASSERT_FALSE(picture.go_on(2));
    world->engine.accounts().front()->picture = nullptr;
    world->send(R"({"do":"close","ticket":"19"})");
    while (!picture.go_on(3)) {
    }
    collect(picture, image);
    engine::Engine loaded;
    const auto result = engine::load_image(image, loaded);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("it claims another digest"), std::string::npos)
        << result.error().message;
}

TEST(Picture, ThatIsGivenUpLeavesNothingBehind) {
    const auto world = desk_with_tickets();
    {
        Picture picture(world->engine);
        EXPECT_FALSE(picture.go_on(1));
        EXPECT_NE(world->engine.account("acme")->picture, nullptr);
    }
    EXPECT_EQ(world->engine.account("acme")->picture, nullptr);
    world->send(R"({"do":"close","ticket":"19"})");
    EXPECT_EQ(reloaded(world->engine)->digest(), world->engine.digest());
}

TEST(Picture, DoesNotShowAnAccountThatCameLater) {
    const auto world = desk_with_tickets();
    const auto before = image_of(world->engine);
    Picture picture(world->engine);
    world->engine.add_account("later");
    std::vector<std::byte> image;
    while (!picture.go_on(5)) {
    }
    collect(picture, image);
    EXPECT_EQ(in_order(image), in_order(before));
}

// No slice is longer for it that much has happened in between.
TEST(Picture, TakesNoMoreThanItIsAskedFor) {
    const auto world = desk_with_tickets();
    Picture picture(world->engine);
    picture.go_on(1);
    picture.image().clear();
    EXPECT_FALSE(picture.go_on(3));
    std::size_t tickets = 0;
    for (std::size_t at = 0; at < picture.image().size(); ++tickets) {
        std::uint32_t bytes = 0;
        std::memcpy(&bytes, picture.image().data() + at + 5, sizeof bytes);
        at += engine::record_head_bytes + bytes;
    }
    EXPECT_EQ(tickets, 3U);
}

}  // namespace
}  // namespace usher::testing
