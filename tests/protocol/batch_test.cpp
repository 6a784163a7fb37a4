// Goal: a batch is what its bytes say or nothing: whatever is wrong with it is found before the
// first of its requests, and each payload comes out as it was put in.
#include "protocol/batch.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "protocol/encode.h"
#include "protocol/limits.h"
#include "protocol/parse.h"
#include "tests/protocol/random_values.h"

namespace usher::testing {
namespace {

using namespace protocol;
using Bytes = std::vector<std::byte>;

/// Payloads of these lengths, with correlations from 100 on, in one batch.
Bytes batch_of(const std::vector<std::size_t>& lengths) {
    Bytes out;
    BatchWriter writer;
    for (std::size_t i = 0; i < lengths.size(); ++i)
        writer.add(out, 100 + i, Bytes(lengths[i], static_cast<std::byte>(i + 1)));
    writer.close(out);
    return out;
}

Frame frame_of(const Bytes& bytes) {
    const auto cutting = cut(bytes, frame_bytes_max);
    const auto* frame = std::get_if<Frame>(&cutting);
    EXPECT_NE(frame, nullptr);
    return frame == nullptr ? Frame{} : *frame;
}

/// The same batch with four bytes at `at` of its payload set, under a right checksum.
Bytes with(Bytes batch, std::size_t at, std::uint32_t value) {
    std::memcpy(batch.data() + header_bytes + at, &value, sizeof value);
    seal(batch, FrameKind::batch, 7);
    return batch;
}

Refusal refusal_of(const Bytes& bytes, std::uint32_t requests_max = 1000) {
    const auto refusal = check_batch(frame_of(bytes), requests_max);
    EXPECT_TRUE(refusal);
    return refusal.value_or(Refusal{Reject::none, {}, 0, 0});
}

TEST(Batch, GivesEachPayloadAsItWasPutIn) {
    const std::vector<std::size_t> lengths{1, 16, 0, 17, 15, 300};
    const auto bytes = batch_of(lengths);
    const auto frame = frame_of(bytes);
    EXPECT_EQ(frame.kind, FrameKind::batch);
    EXPECT_EQ(frame.correlation, 0U);
    EXPECT_FALSE(check_batch(frame, 6));
    auto rest = frame.payload;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        const auto item = first_item(rest);
        EXPECT_EQ(item.correlation, 100 + i);
        EXPECT_EQ(Bytes(item.payload.begin(), item.payload.end()),
                  Bytes(lengths[i], static_cast<std::byte>(i + 1)));
        EXPECT_EQ((item.payload.data() - frame.payload.data()) % 16, 0) << "as aligned as frames";
        rest = rest.subspan(item.size);
    }
    EXPECT_TRUE(rest.empty());
}

TEST(Batch, IsWrittenBehindWhateverFramesAreThereAndGrowsWithTheBuffer) {
    RequestWriter requests;
    Request ping;
    ping.body = Ping{};
    const auto single = requests.frame(1, ping);
    Bytes out(single.begin(), single.end());
    BatchWriter batches;
    batches.close(out);  // nothing is open: nothing happens
    EXPECT_EQ(out.size(), single.size());
    const auto payload = Bytes(40);
    for (std::uint64_t i = 0; i < 100; ++i) {
        const auto length = batches.bytes_with(payload);
        batches.add(out, i, payload);
        EXPECT_EQ(out.size(), single.size() + header_bytes + length);
    }
    EXPECT_EQ(batches.requests(), 100U);
    batches.close(out);
    EXPECT_EQ(batches.requests(), 0U);
    const auto rest = Bytes(out.begin() + static_cast<std::ptrdiff_t>(single.size()), out.end());
    EXPECT_FALSE(check_batch(frame_of(rest), 100));
}

TEST(Batch, WithoutARequestIsRefused) {
    Bytes empty(header_bytes);
    seal(empty, FrameKind::batch, 7);
    const auto refusal = refusal_of(empty);
    EXPECT_EQ(refusal.reject, Reject::bad_frame);
    EXPECT_EQ(refusal.message, "batch: has no request");
    EXPECT_EQ(refusal.correlation, 7U);
    EXPECT_EQ(refusal.skip, 0U);
}

TEST(Batch, WithTooManyRequestsIsRefusedAndCanBeSkipped) {
    auto bytes = batch_of({16, 16, 16});
    seal(bytes, FrameKind::batch, 7);
    EXPECT_FALSE(check_batch(frame_of(bytes), 3));
    const auto refusal = refusal_of(bytes, 2);
    EXPECT_EQ(refusal.reject, Reject::frame_too_large);
    EXPECT_EQ(refusal.message, "batch: has more than 2 requests; none of them was carried out");
    EXPECT_EQ(refusal.correlation, 7U);
    EXPECT_EQ(refusal.skip, bytes.size());
}

TEST(Batch, WhoseLengthsDoNotAddUpIsRefused) {
    const auto good = batch_of({16, 16, 16});
    for (const std::uint32_t length : {17U, 48U, 81U, 4096U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
        // The last request claims more than there is.
        const auto refusal = refusal_of(with(good, 64, length));
        EXPECT_EQ(refusal.reject, Reject::bad_frame) << length;
        EXPECT_EQ(refusal.message, "batch: ends in the middle of request 3") << length;
        EXPECT_EQ(refusal.skip, 0U);
    }
    // A wrong length in the middle takes the second request's payload for its header.
    EXPECT_EQ(refusal_of(with(good, 0, 20)).message, "batch: ends in the middle of request 2");
    auto cut_short = good;
    cut_short.resize(cut_short.size() - 1);
    seal(cut_short, FrameKind::batch, 7);
    EXPECT_EQ(refusal_of(cut_short).message, "batch: ends in the middle of request 3");
    cut_short.resize(header_bytes + 64 + 15);
    seal(cut_short, FrameKind::batch, 7);
    EXPECT_EQ(refusal_of(cut_short).message, "batch: ends in the middle of request 3");
}

TEST(Batch, WithReservedBytesIsRefusedWhereverTheyAre) {
    const auto good = batch_of({16, 16, 16});
    for (const std::size_t item : {0U, 1U, 2U})
        for (const auto bit : {1U, 1U << 31U})
            EXPECT_EQ(refusal_of(with(good, item * 32 + 4, bit)).message,
                      "batch: the reserved bytes of request " + std::to_string(item + 1) +
                          " must be zero");
}

TEST(Batch, OfAnyBytesIsRefusedOrEndsWhereItEnds) {
    const auto seed = fresh_seed();
    SCOPED_TRACE("USHER_SEED=" + std::to_string(seed));
    Random random{seed};
    int taken = 0;
    for (int round = 0; round < 20'000; ++round) {
        auto bytes = batch_of({random.below(40), random.below(40), random.below(40)});
        const auto at = header_bytes + random.below(bytes.size() - header_bytes);
        bytes[at] = static_cast<std::byte>(random.next());
        if (random.chance(50)) bytes.resize(at + 1);
        seal(bytes, FrameKind::batch, 7);
        const auto frame = frame_of(bytes);
        if (check_batch(frame, 4)) continue;
        ++taken;
        auto rest = frame.payload;
        while (!rest.empty()) {
            const auto item = first_item(rest);
            ASSERT_LE(item.size, rest.size());
            ASSERT_LE(batch_item_header_bytes + item.payload.size(), item.size);
            rest = rest.subspan(item.size);
        }
    }
    EXPECT_GT(taken, 1000);
}

}  // namespace
}  // namespace usher::testing
