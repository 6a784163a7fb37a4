// What the wire costs: framing, parsing, encoding, checksums.
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "base/checksum.h"
#include "base/expect.h"
#include "protocol/encode.h"
#include "protocol/frame.h"
#include "protocol/limits.h"
#include "protocol/parse.h"

namespace usher::bench {
namespace {

constexpr std::array<std::string_view, 3> skills = {"skill-003", "skill-017", "skill-031"};
constexpr std::array<protocol::Property, 2> properties = {{{"brand", "acme"}, {"topic", "refund"}}};

protocol::Request route_request() {
    protocol::Route route;
    route.ticket = "T-00000000000042";
    route.channel = "mail";
    route.skills = skills;
    route.properties = properties;
    protocol::Request request;
    request.account = "bench";
    request.body = route;
    return request;
}

protocol::Request close_request() {
    protocol::Request request;
    request.account = "bench";
    request.body = protocol::Close{"T-00000000000042"};
    return request;
}

protocol::Answer assigned_answer() {
    protocol::Answer answer;
    answer.at_ms = 1'700'000'000'000;
    answer.seq = 77;
    answer.placement.outcome = protocol::Outcome::assigned;
    answer.placement.owner = {protocol::OwnerKind::agent, "agent-123"};
    return answer;
}

/// A copy of the frame whose payload is aligned as in the daemon's input buffer.
class AlignedFrame {
  public:
    explicit AlignedFrame(std::span<const std::byte> frame) : blocks_(frame.size() / 16 + 1) {
        std::memcpy(blocks_.data(), frame.data(), frame.size());
        size_ = frame.size();
    }
    std::span<const std::byte> bytes() const {
        return {reinterpret_cast<const std::byte*>(blocks_.data()), size_};
    }
    std::span<const std::byte> payload() const { return bytes().subspan(protocol::header_bytes); }

  private:
    struct alignas(16) Block {
        std::array<std::byte, 16> bytes;
    };
    std::vector<Block> blocks_;
    std::size_t size_ = 0;
};

void parse(benchmark::State& state, const protocol::Request& request) {
    protocol::RequestWriter writer;
    const AlignedFrame frame(writer.frame(1, request));
    protocol::RequestParser parser;
    for (auto _ : state) {
        const auto parsed = parser.parse(frame.payload());
        EXPECT(parsed.request != nullptr);
        benchmark::DoNotOptimize(parsed.request);
    }
    state.counters["bytes"] = static_cast<double>(frame.bytes().size());
}
BENCHMARK_CAPTURE(parse, route, route_request());
BENCHMARK_CAPTURE(parse, close, close_request());

void cut_frame(benchmark::State& state) {
    protocol::RequestWriter writer;
    const AlignedFrame frame(writer.frame(1, route_request()));
    for (auto _ : state)
        benchmark::DoNotOptimize(protocol::cut(frame.bytes(), protocol::frame_bytes_max));
    state.counters["bytes"] = static_cast<double>(frame.bytes().size());
}
BENCHMARK(cut_frame);

void encode_request(benchmark::State& state) {
    protocol::RequestWriter writer;
    const auto request = route_request();
    for (auto _ : state) benchmark::DoNotOptimize(writer.frame(1, request).data());
}
BENCHMARK(encode_request);

void encode_reply(benchmark::State& state) {
    protocol::ReplyWriter writer;
    const auto answer = assigned_answer();
    for (auto _ : state) benchmark::DoNotOptimize(writer.frame(1, answer).data());
}
BENCHMARK(encode_reply);

void parse_reply(benchmark::State& state) {
    protocol::ReplyWriter writer;
    const AlignedFrame frame(writer.frame(1, assigned_answer()));
    protocol::ReplyParser parser;
    for (auto _ : state) {
        const auto parsed = parser.parse(frame.payload());
        EXPECT(parsed.answer != nullptr);
        benchmark::DoNotOptimize(parsed.answer);
    }
    state.counters["bytes"] = static_cast<double>(frame.bytes().size());
}
BENCHMARK(parse_reply);

void crc(benchmark::State& state) {
    const std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)), std::byte{0x5A});
    for (auto _ : state) benchmark::DoNotOptimize(crc32c(bytes));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(crc)->ArgName("bytes")->Arg(64)->Arg(4'096)->Arg(65'536);

}  // namespace
}  // namespace usher::bench
