// Where a shard's answers go. A shard runs on one thread and knows nothing of sockets: it is given
// verified requests with the place they came from, and hands finished reply frames back to that
// place once what they report is as safe as the durability mode promises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace usher::shard {

/// The session that a request came from. `session` is never used twice within a core.
struct Origin {
    std::uint32_t core = 0;
    std::uint64_t session = 0;
};

class Outlet {
  public:
    virtual ~Outlet() = default;

    /// One whole reply frame for `to`, released: it may leave now. Called on the shard's thread,
    /// in the order in which the shard took the requests. The bytes are gone after the call.
    virtual void deliver(Origin to, std::span<const std::byte> frame) = 0;
};

}  // namespace usher::shard
