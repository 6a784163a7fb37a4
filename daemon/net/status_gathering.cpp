#include "net/status_gathering.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/expect.h"

namespace usher::net {

void write_lines(const std::vector<GatheredLine>& lines, std::vector<std::byte>& out) {
    ByteWriter writer(out);
    for (const auto& line : lines) {
        writer.number(line.shard);
        writer.text(line.entry.scope);
        writer.text(line.entry.name);
        writer.text(line.entry.value);
    }
}

void read_lines(std::span<const std::byte> in, std::vector<GatheredLine>& lines) {
    ByteReader reader(in);
    while (!reader.failed() && !reader.at_end()) {
        auto& line = lines.emplace_back();
        line.shard = reader.number<std::uint32_t>();
        line.entry.scope = reader.text();
        line.entry.name = reader.text();
        line.entry.value = reader.text();
    }
    EXPECT(!reader.failed());  // another core of ours wrote it
}

std::optional<Gathering> StatusGatherings::add(std::uint64_t session, std::uint64_t correlation,
                                               std::span<const std::byte> lines) {
    const auto found =
        std::find_if(under_way_.begin(), under_way_.end(), [&](const Gathering& gathering) {
            return gathering.session == session && gathering.correlation == correlation &&
                   gathering.missing > 0;
        });
    EXPECT(found != under_way_.end());
    read_lines(lines, found->lines);
    if (--found->missing > 0) return std::nullopt;
    auto complete = std::move(*found);
    under_way_.erase(found);
    return complete;
}

void append_stages(std::uint32_t core, std::uint32_t shards, const shard::Stages& stages,
                   std::vector<GatheredLine>& out) {
    const auto scope = "core " + std::to_string(core);
    for (std::size_t i = 0; i < shard::stage_count; ++i) {
        const auto& spent = stages.spent_ns(static_cast<shard::Stage>(i));
        const auto say = [&](const char* what, std::uint64_t value) {
            const auto name = std::string("stage_") + shard::stage_names[i] + "_" + what;
            out.push_back({shards + core, {scope, name, std::to_string(value)}});
        };
        say("stamped", spent.count());
        say("p50_ns", spent.percentile(50'000));
        say("p90_ns", spent.percentile(90'000));
        say("p99_ns", spent.percentile(99'000));
        say("max_ns", spent.max());
    }
}

void append_by_shard(std::vector<GatheredLine> lines, std::vector<protocol::StatusEntry>& out) {
    std::stable_sort(lines.begin(), lines.end(),
                     [](const auto& a, const auto& b) { return a.shard < b.shard; });
    for (auto& line : lines) out.push_back(std::move(line.entry));
}

}  // namespace usher::net
