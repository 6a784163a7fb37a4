// Goal: checksums do not make sense of what makes none. What was written wrongly and sealed rightly
// is refused, each kind by its name.
// Method: one batch, one index; one thing of it changed, all checksums right.

#include "journal/batch.h"
#include "base/checksum.h"
#include "journal/segment_index.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>

namespace usher::journal::testing {
namespace {

using Bytes = std::vector<std::byte>;

SegmentHeader segment() {
    SegmentHeader header{};
    header.alignment = 512;
    header.epoch = 77;
    header.shard = 3;
    return header;
}

struct Batch {
    BatchHeader header{};
    Bytes payload;
};

/// Two records of 30 bytes.
Batch good_batch() {
    OpenBatch open{512};
    for (int n = 0; n < 2; ++n) open.append(30).front() = std::byte{1};
    BatchStamp stamp;
    stamp.epoch = 77;
    stamp.shard = 3;
    stamp.first_seq = 1;
    const auto sealed = open.seal(stamp);
    Batch batch;
    std::memcpy(&batch.header, sealed.data(), sizeof batch.header);
    const auto payload = sealed.subspan(sizeof batch.header);
    batch.payload.assign(payload.begin(), payload.end());
    return batch;
}

std::string said_of(BatchHeader header) {
    const auto bytes = std::as_bytes(std::span{&header, 1});
    header.header_crc = crc32c(bytes.first(offsetof(BatchHeader, header_crc)));
    BatchHeader out{};
    const auto* wrong = check_header(bytes, segment(), out);
    return wrong == nullptr ? "" : wrong;
}

std::string said_of(Batch batch) {
    batch.header.payload_bytes = static_cast<std::uint32_t>(batch.payload.size());
    batch.header.payload_crc = crc32c(batch.payload);
    const auto* wrong = check_payload(batch.header, batch.payload);
    return wrong == nullptr ? "" : wrong;
}

void put_length(Bytes& payload, std::size_t at, std::uint32_t length) {
    std::memcpy(payload.data() + at, &length, sizeof length);
}

TEST(Batch, WithAHeaderThatMakesNoSenseIsRefused) {
    const auto good = good_batch().header;
    const auto with = [&](const std::function<void(BatchHeader&)>& edit) {
        auto header = good;
        edit(header);
        return said_of(header);
    };
    const std::string no_sense = "the batch's lengths make no sense";
    const std::string elsewhere = "the batch belongs to another segment";
    EXPECT_EQ(said_of(good), "");
    EXPECT_EQ(with([](auto& h) { h.magic = 1; }), "no batch begins here");
    EXPECT_EQ(with([](auto& h) { h.epoch += 1; }), elsewhere);
    EXPECT_EQ(with([](auto& h) { h.shard += 1; }), elsewhere);
    EXPECT_EQ(with([](auto& h) { h.payload_bytes += 1; }), no_sense);
    EXPECT_EQ(with([](auto& h) {
                  h.header_bytes += 8;
                  h.payload_bytes -= 8;
              }),
              no_sense);
    EXPECT_EQ(with([](auto& h) { h.payload_bytes = batch_bytes_max + 512 - sizeof h; }), no_sense);
    EXPECT_EQ(with([](auto& h) { h.payload_bytes = batch_bytes_max - sizeof h; }), "");
    BatchHeader out{};
    const auto bytes = std::as_bytes(std::span{&good, 1});
    EXPECT_STREQ(check_header(bytes.first(sizeof good - 1), segment(), out),
                 "the file ends within a batch's header");
}

TEST(Batch, WithRecordsThatMakeNoSenseIsRefused) {
    const auto with = [&](const std::function<void(Batch&)>& edit) {
        auto batch = good_batch();
        edit(batch);
        return said_of(batch);
    };
    const std::string wrong_length = "a record's length is wrong";
    EXPECT_EQ(said_of(good_batch()), "");
    EXPECT_EQ(with([](auto& b) { b.header.count = 3; }), wrong_length);  // zeros follow
    EXPECT_EQ(with([](auto& b) { put_length(b.payload, 0, 0); }), wrong_length);
    EXPECT_EQ(with([](auto& b) { put_length(b.payload, 34, 4000); }), wrong_length);
    EXPECT_EQ(with([](auto& b) { put_length(b.payload, 34, 0xFFFFFFFF); }), wrong_length);
    EXPECT_EQ(with([](auto& b) {
                  b.payload.resize(70);  // of a third one, not even its length
                  b.header.count = 3;
              }),
              "it has fewer records than it says");
    EXPECT_EQ(with([](auto& b) { b.payload.back() = std::byte{1}; }), "its padding is not zero");
    auto short_of = good_batch();
    EXPECT_STREQ(check_payload(short_of.header, std::span(short_of.payload).first(100)),
                 "the file ends within a batch");
}

TEST(Batch, WithANoteThatMakesNoSenseIsRefused) {
    for (const auto& [flag, bytes] : {std::pair{batch_recovered, sizeof(RecoveredNote)},
                                      {batch_repaired, sizeof(RepairedNote)}}) {
        Batch note;
        note.header.flags = flag;
        note.payload.assign(bytes, std::byte{1});
        EXPECT_EQ(said_of(note), "");
        note.payload.pop_back();
        EXPECT_EQ(said_of(note), "its note is cut short");
        note.payload.assign(bytes + 1, std::byte{1});
        EXPECT_EQ(said_of(note), "its padding is not zero");
    }
}

struct Index {
    BatchHeader header{};
    Bytes payload;
};

Index good_index(const std::vector<IndexEntry>& entries) {
    Index index;
    index.header.epoch = 77;
    index.header.flags = batch_index;
    const auto bytes = index_batch_bytes(entries.size(), 512);
    encode_index(entries, 77, bytes, index.payload);
    return index;
}

std::string said_of(const Index& index) {
    const auto* wrong = check_index(index.header, index.payload);
    return wrong == nullptr ? "" : wrong;
}

std::string said_of_entries(const std::vector<IndexEntry>& entries) {
    return said_of(good_index(entries));
}

TEST(IndexBatch, WithEntriesThatMakeNoSenseIsRefused) {
    const std::string no_sense = "an entry of its index makes no sense";
    const std::string no_order = "the entries of its index are not in order";
    EXPECT_EQ(said_of_entries({}), "");
    EXPECT_EQ(said_of_entries({{1, 8, 9, 4, 1}, {1, 9, 9, 1, 5}, {2, 8, 8, 1, 1}}), "");
    EXPECT_EQ(said_of_entries({{1, 8, 9, 0, 1}}), no_sense);
    EXPECT_EQ(said_of_entries({{1, 8, 9, 4, 0}}), no_sense);
    EXPECT_EQ(said_of_entries({{1, 8, 9, 4, UINT64_MAX - 1}}), no_sense);
    EXPECT_EQ(said_of_entries({{1, 9, 8, 4, 1}}), no_sense);
    EXPECT_EQ(said_of_entries({{2, 8, 9, 4, 1}, {1, 8, 9, 4, 1}}), no_order);
    EXPECT_EQ(said_of_entries({{1, 8, 9, 4, 5}, {1, 8, 9, 4, 1}}), no_order);
    EXPECT_EQ(said_of_entries({{1, 8, 9, 4, 1}, {1, 8, 9, 4, 4}}), no_order);  // they overlap
}

TEST(IndexBatch, ThatDoesNotBeginOrEndAsOneIsRefused) {
    const auto with = [&](const std::function<void(Index&)>& edit) {
        auto index = good_index({{1, 8, 9, 4, 1}});
        edit(index);
        return said_of(index);
    };
    const auto number = [](std::size_t at, std::uint32_t value) {
        return [=](Index& index) { std::memcpy(&index.payload.at(at), &value, sizeof value); };
    };
    const auto end = good_index({{1, 8, 9, 4, 1}}).payload.size() - sizeof(IndexTrailer);
    const std::string no_end = "its index does not end as one";
    const std::string fewer = "its index has fewer entries than it says";
    EXPECT_EQ(with([](auto&) {}), "");
    EXPECT_EQ(with([](auto& i) { i.payload.resize(23); }), "its index is cut short");
    EXPECT_EQ(with(number(offsetof(IndexHead, reserved), 1)), fewer);
    EXPECT_EQ(with(number(offsetof(IndexHead, entries), 1000)), fewer);
    EXPECT_EQ(with(number(sizeof(IndexHead) + sizeof(IndexEntry), 1)), "its padding is not zero");
    EXPECT_EQ(with(number(end, 1)), no_end);
    EXPECT_EQ(with(number(end + offsetof(IndexTrailer, batch_bytes), 1)), no_end);
    EXPECT_EQ(with([](auto& i) { i.header.epoch = 78; }), no_end);
}

}  // namespace
}  // namespace usher::journal::testing
