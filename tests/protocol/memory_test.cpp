// Goal: once warm, the path of a request and of the answers of routing allocates nothing.
// Method: operator new counts.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "protocol/encode.h"
#include "protocol/frame.h"
#include "protocol/limits.h"
#include "protocol/parse.h"

namespace {
std::size_t allocations = 0;
}

// Not inlined: the compiler would see malloc and free where it expects new and delete, and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void* operator new[](std::size_t size) {
    return ::operator new(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete[](void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace usher::testing {
namespace {

using namespace protocol;

template <class Step>
std::size_t allocations_of(Step step) {
    step();
    step();
    const auto before = allocations;
    for (int i = 0; i < 100; ++i) step();
    return allocations - before;
}

Request full_route() {
    static constexpr std::array<Property, 3> properties{
        {{"brand", "acme"}, {"topic", "refund"}, {"lang", "sv"}}};
    static constexpr std::array<std::string_view, 3> skills{"billing", "swedish", "vip"};
    Route route;
    route.ticket = "T-0000123456";
    route.channel = "support-mail";
    route.contact_owner = "anna";
    route.properties = properties;
    route.skills = skills;
    return {"acme", "0f8fad5b-d9cb-469f-a165-70867728950e", 1'772'442'000'000, route};
}

TEST(Memory, ReadingARouteAllocatesNothing) {
    RequestWriter writer;
    const auto frame = writer.frame(1, full_route());
    std::vector<std::byte> misaligned(frame.size() + 8);
    std::memcpy(misaligned.data() + 8, frame.data(), frame.size());
    RequestParser parser;
    bool taken = true;
    const auto read = [&](std::span<const std::byte> bytes) {
        const auto cutting = cut(bytes, frame_bytes_max);
        taken = taken && parser.parse(std::get<Frame>(cutting).payload);
    };
    EXPECT_EQ(allocations_of([&] { read(frame); }), 0U);
    EXPECT_EQ(allocations_of([&] { read(std::span{misaligned}.subspan(8)); }), 0U);
    RequestShapes shapes;
    RequestParser by_shape(shapes);
    const auto payload = std::get<Frame>(cut(frame, frame_bytes_max)).payload;
    EXPECT_EQ(allocations_of([&] { taken = taken && by_shape.parse(payload); }), 0U);
    EXPECT_TRUE(taken);
}

TEST(Memory, WritingARouteAllocatesNothing) {
    RequestWriter writer;
    const auto route = full_route();
    EXPECT_EQ(allocations_of([&] { writer.frame(1, route); }), 0U);
}

TEST(Memory, WritingAnAnswerOfRoutingAllocatesNothing) {
    ReplyWriter writer;
    Answer answer;
    answer.at_ms = 1'772'442'000'000;
    answer.seq = 77;
    answer.placement.outcome = Outcome::assigned;
    answer.placement.owner = {OwnerKind::agent, "anna"};
    EXPECT_EQ(allocations_of([&] { writer.frame(1, answer); }), 0U);
    answer.placement.outcome = Outcome::unassigned;
    answer.placement.reason = Reason::owner_unavailable;
    answer.placement.owner = {};
    answer.placement.notify_owner = "anna";
    EXPECT_EQ(allocations_of([&] { writer.frame(1, answer); }), 0U);
}

TEST(Memory, ReadingAnAnswerOfRoutingAllocatesNothing) {
    ReplyWriter writer;
    Answer answer;
    answer.placement.outcome = Outcome::assigned;
    answer.placement.owner = {OwnerKind::agent, "anna"};
    const auto payload = writer.frame(1, answer).subspan(header_bytes);
    ReplyParser parser;
    bool taken = true;
    EXPECT_EQ(allocations_of([&] { taken = taken && parser.parse(payload); }), 0U);
    EXPECT_TRUE(taken);
}

TEST(Memory, IsNotTakenByAClaimedLength) {
    std::vector<std::byte> frame(header_bytes);
    seal(frame, FrameKind::request, 1);
    const std::uint32_t claimed = frame_bytes_max;
    std::memcpy(frame.data(), &claimed, sizeof claimed);
    EXPECT_EQ(allocations_of([&] { (void)cut(frame, frame_bytes_max); }), 0U);
}

}  // namespace
}  // namespace usher::testing
