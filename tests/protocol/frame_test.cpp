// Goal: a stream of frames means the same however it was cut up on its way, and no bytes, whatever
// they are, get past the cutter without being a frame.
#include "protocol/frame.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <vector>

#include "protocol/encode.h"
#include "protocol/limits.h"
#include "protocol/names.h"
#include "tests/protocol/random_values.h"

namespace usher::testing {
namespace {

using namespace protocol;
using Bytes = std::vector<std::byte>;

Bytes ping_frame(std::uint64_t correlation) {
    RequestWriter writer;
    Request request;
    request.body = Ping{};
    const auto frame = writer.frame(correlation, request);
    return {frame.begin(), frame.end()};
}

/// A frame around any payload; then one byte of its header is set.
Bytes frame_with(std::size_t payload_bytes, std::size_t at, std::uint8_t value) {
    Bytes frame(header_bytes + payload_bytes, std::byte{0x5A});
    seal(frame, FrameKind::request, 42);
    frame[at] = std::byte{value};
    return frame;
}

Refusal refusal_of(const Bytes& bytes, std::size_t max = frame_bytes_max) {
    const auto cutting = cut(bytes, max);
    const auto* refusal = std::get_if<Refusal>(&cutting);
    EXPECT_NE(refusal, nullptr);
    return refusal == nullptr ? Refusal{Reject::none, {}, 0, 0} : *refusal;
}

TEST(Frame, IsIncompleteAtEveryByteButTheLast) {
    const auto frame = ping_frame(9);
    for (std::size_t have = 0; have < frame.size(); ++have) {
        const auto cutting = cut(std::span{frame}.first(have), frame_bytes_max);
        const auto* incomplete = std::get_if<Incomplete>(&cutting);
        ASSERT_NE(incomplete, nullptr) << have;
        EXPECT_EQ(incomplete->need, have < header_bytes ? header_bytes : frame.size());
    }
    const auto cutting = cut(frame, frame_bytes_max);
    ASSERT_TRUE(std::holds_alternative<Frame>(cutting));
    EXPECT_EQ(std::get<Frame>(cutting).size, frame.size());
    EXPECT_EQ(std::get<Frame>(cutting).correlation, 9U);
}

TEST(Frame, ThousandInOneBufferAreCutOneByOne) {
    Bytes stream;
    for (std::uint64_t i = 1; i <= 1000; ++i) {
        const auto frame = ping_frame(i);
        stream.insert(stream.end(), frame.begin(), frame.end());
    }
    std::span<const std::byte> left{stream};
    for (std::uint64_t i = 1; i <= 1000; ++i) {
        const auto cutting = cut(left, frame_bytes_max);
        ASSERT_TRUE(std::holds_alternative<Frame>(cutting));
        EXPECT_EQ(std::get<Frame>(cutting).correlation, i);
        left = left.subspan(std::get<Frame>(cutting).size);
    }
    EXPECT_TRUE(left.empty());
}

TEST(Frame, AnyFlippedBitIsNoticed) {
    const auto frame = ping_frame(3);
    for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
        auto flipped = frame;
        flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        const auto cutting = cut(flipped, frame_bytes_max);
        ASSERT_FALSE(std::holds_alternative<Frame>(cutting)) << "bit " << bit;
    }
}

TEST(Frame, OfAnotherVersionIsRefusedAndTheStreamIsLost) {
    const auto refusal = refusal_of(frame_with(8, 8, 2));
    EXPECT_EQ(refusal.reject, Reject::unsupported_version);
    EXPECT_EQ(refusal.message, "frame: has version 2, only 1 is spoken here");
    EXPECT_EQ(refusal.skip, 0U);
}

TEST(Frame, OfAnUnknownKindIsRefused) {
    EXPECT_EQ(refusal_of(frame_with(8, 9, 0)).reject, Reject::bad_frame);
    EXPECT_EQ(refusal_of(frame_with(8, 9, 5)).message, "frame: has the unknown kind 5");
}

TEST(Frame, WithFlagsOrReservedBytesIsRefused) {
    for (const auto at : {10U, 11U, 12U, 13U, 14U, 15U, 24U, 25U, 26U, 27U, 28U, 29U, 30U, 31U}) {
        const auto refusal = refusal_of(frame_with(8, at, 1));
        EXPECT_EQ(refusal.reject, Reject::bad_frame) << at;
        EXPECT_EQ(refusal.message, "frame: its flags and reserved bytes must be zero");
    }
}

TEST(Frame, WithAWrongChecksumIsRefused) {
    const auto refusal = refusal_of(frame_with(8, 4, 0));
    EXPECT_EQ(refusal.reject, Reject::bad_frame);
    EXPECT_EQ(refusal.message, "frame: its checksum does not match its content");
    EXPECT_EQ(refusal.skip, 0U);
}

TEST(Frame, ThatIsTooLargeIsRefusedFromItsHeaderAloneAndCanBeSkipped) {
    auto frame = frame_with(1001, 8, 1);
    const auto refusal = refusal_of({frame.begin(), frame.begin() + header_bytes}, 1000);
    EXPECT_EQ(refusal.reject, Reject::frame_too_large);
    EXPECT_EQ(refusal.message, "frame: its payload has 1001 bytes, at most 1000 are taken");
    EXPECT_EQ(refusal.correlation, 42U);
    EXPECT_EQ(refusal.skip, frame.size());
    EXPECT_TRUE(std::holds_alternative<Frame>(cut(frame, 1001)));
}

TEST(Frame, WithAnAbsurdLengthNeitherWrapsNorAllocates) {
    auto frame = frame_with(8, 8, 1);
    const auto absurd = std::numeric_limits<std::uint32_t>::max();
    std::memcpy(frame.data(), &absurd, sizeof absurd);
    EXPECT_EQ(refusal_of(frame).skip, header_bytes + std::uint64_t{absurd});
}

TEST(Frame, RandomBytesAreNeverOne) {
    const auto seed = fresh_seed();
    SCOPED_TRACE("USHER_SEED=" + std::to_string(seed));
    Random random{seed};
    for (int round = 0; round < 20'000; ++round) {
        Bytes garbage(random.below(200));
        for (auto& byte : garbage) byte = static_cast<std::byte>(random.next());
        if (garbage.size() > 9 && random.chance(80)) {
            garbage[8] = std::byte{1};
            garbage[9] = std::byte{1};
            for (std::size_t at = 10; at < std::min<std::size_t>(16, garbage.size()); ++at)
                garbage[at] = {};
        }
        EXPECT_FALSE(std::holds_alternative<Frame>(cut(garbage, frame_bytes_max)));
    }
}

}  // namespace
}  // namespace usher::testing
