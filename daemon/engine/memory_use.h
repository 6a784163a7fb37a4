// What the memory of an account goes to: counted from what its structures have set aside, without
// the allocator's own. Costs a walk over its agents. Any moment at which nothing else uses the
// account.
#pragma once

#include <cstddef>

#include "engine/account.h"

namespace usher::engine {

/// Bytes.
struct MemoryUse {
    std::size_t tickets = 0;  ///< of tickets: themselves, their keys, index, windows, waiting line
    std::size_t texts = 0;    ///< properties, sets of skills, long keys: each different one once
    std::size_t agents = 0;   ///< states, loads, sets and orders of agents
    /// The account itself: its definition, what finds things by key. Not the answers that are kept
    /// for a day, which are as many as clients want.
    std::size_t account = 0;

    MemoryUse& operator+=(const MemoryUse& other);
};

MemoryUse memory_of(const Account& account);

}  // namespace usher::engine
