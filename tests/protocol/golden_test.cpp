// Goal: the bytes on the wire stay what they are. A difference here means that clients which are
// out there do not understand us any more: do not change the files, change it back.
// Method: tests/golden/wire/NAME.hex for every golden value; writing gives exactly these bytes,
// reading them gives exactly this value. USHER_GOLDEN_WRITE=1 adds files for new values only.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "protocol/batch.h"
#include "protocol/encode.h"
#include "protocol/frame.h"
#include "protocol/limits.h"
#include "protocol/names.h"
#include "protocol/parse.h"
#include "tests/protocol/describe.h"
#include "tests/protocol/golden_values.h"

namespace usher::testing {
namespace {

using namespace protocol;
using Bytes = std::vector<std::byte>;

const std::filesystem::path directory{USHER_GOLDEN_WIRE};

std::filesystem::path path_of(const std::string& name) {
    return directory / (name + ".hex");
}

void write_new(const std::string& name, const std::string& meaning,
               std::span<const std::byte> frame) {
    if (std::getenv("USHER_GOLDEN_WRITE") == nullptr || std::filesystem::exists(path_of(name)))
        return;
    std::ofstream out{path_of(name)};
    out << "# " << meaning
        << "\n# header: length, checksum; version, kind, flags, reserved; correlation; reserved\n";
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::size_t i = 0; i < frame.size(); ++i) {
        if (i == header_bytes) out << "# payload\n";
        const auto byte = std::to_integer<unsigned>(frame[i]);
        out << digits[byte >> 4] << digits[byte & 15] << (i % 16 == 15 ? '\n' : ' ');
    }
}

/// The bytes of a vector: hexadecimal, `#` to the end of the line is a comment.
Bytes read_hex(const std::filesystem::path& path) {
    std::ifstream in{path};
    EXPECT_TRUE(in) << path << " is missing: every golden value has its file";
    Bytes bytes;
    for (std::string line; std::getline(in, line);) {
        std::istringstream words{line.substr(0, line.find('#'))};
        for (std::string word; words >> word;)
            bytes.push_back(static_cast<std::byte>(std::stoul(word, nullptr, 16)));
    }
    return bytes;
}

std::string hex(std::span<const std::byte> bytes) {
    std::ostringstream out;
    for (const auto byte : bytes) out << std::hex << std::to_integer<unsigned>(byte) << ' ';
    return out.str();
}

Frame frame_of(const Bytes& bytes) {
    const auto cutting = cut(bytes, reply_bytes_max);
    const auto* frame = std::get_if<Frame>(&cutting);
    EXPECT_NE(frame, nullptr);
    return frame == nullptr ? Frame{} : *frame;
}

TEST(Golden, RequestsAreWrittenAndReadAsEver) {
    RequestWriter writer;
    RequestParser parser;
    for (const auto& [name, meaning, correlation, request] : golden_requests()) {
        SCOPED_TRACE(name);
        const auto written = writer.frame(correlation, request);
        write_new(name, meaning, written);
        const auto kept = read_hex(path_of(name));
        EXPECT_EQ(hex(written), hex(kept)) << "you broke the contract of the wire";
        const auto frame = frame_of(kept);
        EXPECT_EQ(frame.correlation, correlation);
        EXPECT_EQ(frame.kind, FrameKind::request);
        const auto parsed = parser.parse(frame.payload);
        ASSERT_TRUE(parsed) << parsed.message;
        EXPECT_EQ(describe(*parsed.request), describe(request));
    }
}

TEST(Golden, AnswersAreWrittenAndReadAsEver) {
    ReplyWriter writer;
    ReplyParser parser;
    for (const auto& [name, meaning, correlation, answer] : golden_answers()) {
        SCOPED_TRACE(name);
        const auto written = writer.frame(correlation, answer);
        write_new(name, meaning, written);
        const auto kept = read_hex(path_of(name));
        EXPECT_EQ(hex(written), hex(kept)) << "you broke the contract of the wire";
        const auto frame = frame_of(kept);
        EXPECT_EQ(frame.correlation, correlation);
        EXPECT_EQ(frame.kind, FrameKind::reply);
        const auto parsed = parser.parse(frame.payload);
        ASSERT_TRUE(parsed) << parsed.message;
        EXPECT_EQ(describe(*parsed.answer), describe(answer));
    }
}

TEST(Golden, BatchesAreWrittenAndReadAsEver) {
    RequestWriter writer;
    RequestParser parser;
    for (const auto& [name, meaning, first, requests] : golden_batches()) {
        SCOPED_TRACE(name);
        Bytes written;
        BatchWriter batch;
        for (std::size_t i = 0; i < requests.size(); ++i)
            batch.add(written, first + i, writer.frame(0, requests[i]).subspan(header_bytes));
        batch.close(written);
        write_new(name, meaning, written);
        const auto kept = read_hex(path_of(name));
        EXPECT_EQ(hex(written), hex(kept)) << "you broke the contract of the wire";
        const auto frame = frame_of(kept);
        EXPECT_EQ(frame.kind, FrameKind::batch);
        ASSERT_FALSE(check_batch(frame, batch_requests_max));
        auto rest = frame.payload;
        for (std::size_t i = 0; i < requests.size(); ++i) {
            const auto item = first_item(rest);
            EXPECT_EQ(item.correlation, first + i);
            const auto parsed = parser.parse(item.payload);
            ASSERT_TRUE(parsed) << parsed.message;
            EXPECT_EQ(describe(*parsed.request), describe(requests[i]));
            rest = rest.subspan(item.size);
        }
        EXPECT_TRUE(rest.empty());
    }
}

TEST(Golden, EveryVerbHasAVector) {
    std::set<std::string_view> verbs;
    for (const auto& golden : golden_requests()) verbs.insert(verb_name(golden.value.body));
    for (const auto verb : verb_names()) EXPECT_TRUE(verbs.contains(verb)) << verb;
}

TEST(Golden, EveryFileBelongsToAValue) {
    std::set<std::string> names;
    for (const auto& golden : golden_requests()) names.insert(golden.name + ".hex");
    for (const auto& golden : golden_answers()) names.insert(golden.name + ".hex");
    for (const auto& golden : golden_batches()) names.insert(golden.name + ".hex");
    for (const auto& entry : std::filesystem::directory_iterator{directory})
        EXPECT_TRUE(names.contains(entry.path().filename().string())) << entry.path();
}

}  // namespace
}  // namespace usher::testing
