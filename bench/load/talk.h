// What is said to a server that is not under load: its greeting, the roster, its own figures.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "bench/load/endpoint.h"
#include "clients/cpp/connection.h"

namespace usher::bench {

class Talk {
  public:
    static Result<Talk> begin(const Endpoint& endpoint);

    /// The server's limit on requests of one connection that wait for their answers.
    std::uint32_t in_flight_max() const { return connection_->hello().in_flight_max; }

    /// How many requests it takes in one frame; 1 if it knows no batches.
    std::uint32_t batch_requests_max() const {
        return std::max(1U, connection_->hello().batch_requests_max);
    }

    /// Makes the account equal to the roster.
    Result<void> apply(const std::string& account, const std::string& roster);

    /// Those lines of `status` whose value is a whole number, as "scope name".
    Result<std::map<std::string, std::int64_t>> figures();

  private:
    Talk(std::unique_ptr<client::Connection> connection, std::string server)
        : connection_(std::move(connection)), server_(std::move(server)) {}

    /// Good until the next. A refusal is a fault.
    Result<const protocol::Answer*> ask(const protocol::Request& request);

    std::unique_ptr<client::Connection> connection_;
    std::string server_;
};

}  // namespace usher::bench
