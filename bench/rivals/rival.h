// What a team may build instead of usher: the same work on another server. One connection to it,
// with requests under way one behind the other (pipelined). One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace usher::bench {

class RivalConnection {
  public:
    virtual ~RivalConnection() = default;

    /// Puts a request behind those that wait to be sent.
    virtual Result<void> route(const std::string& ticket,
                               std::span<const std::uint32_t> skills) = 0;
    virtual Result<void> close(const std::string& ticket) = 0;

    /// Sends what waits, as far as the socket takes it; true: nothing waits any more.
    virtual Result<bool> flush() = 0;
    /// Reads what has come, without waiting.
    virtual Result<void> receive() = 0;
    /// The next whole reply that was received; false: there is none. A refusal is a fault.
    virtual Result<bool> next_reply() = 0;

    virtual int fd() const = 0;
};

/// `socket`: of a Redis server, on which `compare` has put agents and skills.
Result<std::unique_ptr<RivalConnection>> connect_redis(const std::string& socket,
                                                       const std::string& scripts);

/// `target`: a connection string of libpq; its database has the schema of postgres.sql.
Result<std::unique_ptr<RivalConnection>> connect_postgres(const std::string& target);

}  // namespace usher::bench
