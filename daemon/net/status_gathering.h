// `status` asks every shard, and most of them live on other cores: the lines are gathered as they
// come in, while the core goes on with its work. Lines travel between cores as bytes. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocol/answer.h"
#include "shard/stages.h"

namespace usher::net {

struct GatheredLine {
    std::uint32_t shard = 0;
    protocol::StatusEntry entry;
};

void write_lines(const std::vector<GatheredLine>& lines, std::vector<std::byte>& out);
void read_lines(std::span<const std::byte> in, std::vector<GatheredLine>& lines);

struct Gathering {
    std::uint64_t session = 0;
    std::uint64_t correlation = 0;
    std::uint32_t missing = 0;  ///< cores that have not answered yet
    std::vector<GatheredLine> lines;
};

class StatusGatherings {
  public:
    static constexpr std::size_t at_once_max = 16;

    bool has_room() const { return under_way_.size() < at_once_max; }
    void begin(Gathering gathering) { under_way_.push_back(std::move(gathering)); }

    /// Lines of one core. Gives the gathering back once it is complete, sorted by shard.
    std::optional<Gathering> add(std::uint64_t session, std::uint64_t correlation,
                                 std::span<const std::byte> lines);

  private:
    std::vector<Gathering> under_way_;
};

/// Where the time of a core's requests goes, behind the lines of all `shards`.
void append_stages(std::uint32_t core, std::uint32_t shards, const shard::Stages& stages,
                   std::vector<GatheredLine>& out);

/// Puts the lines of shards behind those of the daemon.
void append_by_shard(std::vector<GatheredLine> lines, std::vector<protocol::StatusEntry>& out);

}  // namespace usher::net
