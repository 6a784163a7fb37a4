// Rosters that arrive in parts (apply_begin, apply_part …, apply_commit), kept by connection until
// the commit takes them to their shard or the connection closes. All of them together have one
// bound for the daemon, shared by its cores. Otherwise one thread.
#pragma once

#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <optional>

#include "protocol/answer.h"
#include "protocol/request.h"
#include "shard/shard.h"

namespace usher::net {

class RosterStages {
  public:
    RosterStages(std::atomic<std::uint64_t>& bytes_of_all, std::uint64_t bytes_max)
        : bytes_of_all_(bytes_of_all), bytes_max_(bytes_max) {}

    /// Begins anew: parts that were not committed are dropped.
    void begin(std::uint64_t session);

    /// Why a part is not taken; nothing: it was.
    struct Refusal {
        protocol::Reject reject;
        const char* message;
    };
    std::optional<Refusal> add(std::uint64_t session, const protocol::ApplyPart& part);

    /// Hands out what there is; nullptr: nothing was begun.
    std::unique_ptr<shard::RosterText> take(std::uint64_t session);

    void forget(std::uint64_t session);

  private:
    struct Stage {
        std::unique_ptr<shard::RosterText> text;
        std::uint64_t bytes = 0;
    };

    std::atomic<std::uint64_t>& bytes_of_all_;
    std::uint64_t bytes_max_;
    boost::unordered_flat_map<std::uint64_t, Stage> stages_;
};

}  // namespace usher::net
