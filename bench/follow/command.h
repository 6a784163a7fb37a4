// `usher-bench follow`: many followers of one account, some of them stuck, until a time is over or
// SIGTERM comes; then what they saw, as one JSON object. A number that is missing or comes twice is
// a failure.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/follow/follower.h"

namespace usher::bench {

class FollowCommand {
  public:
    CLI::App* declare(CLI::App& app);

    /// True: nobody missed anything.
    Result<bool> run();

  private:
    using Followers = std::vector<std::unique_ptr<Follower>>;

    Result<Followers> begin() const;
    Result<void> turn(Followers& followers) const;
    static void say(const Followers& followers, double seconds);

    std::string endpoint_;
    std::string account_ = "bench";
    std::uint32_t count_ = 50;
    std::uint32_t stuck_ = 0;
    double seconds_ = 3600;
};

}  // namespace usher::bench
