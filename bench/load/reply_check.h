// Whether a reply says what the request was made for. The first replies of each verb are parsed in
// full. A later one of a size that has been seen before is compared, byte by byte, with the last
// good one of that size, leaving out the places in which good ones were seen to differ (instant,
// sequence, the agent's key); whatever is not equal there is parsed in full again. So every reply
// is checked, at a cost far below the server's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/load/work.h"
#include "protocol/parse.h"

namespace usher::bench {

class ReplyCheck {
  public:
    /// What is wrong with the reply, if anything is.
    std::optional<std::string> fault_of(Verb verb, std::span<const std::byte> payload);

    /// Replies that were parsed in full.
    std::uint64_t parsed() const { return parsed_; }

  private:
    /// A good reply of one size and, for each of its bytes, 0xFF where all good ones agree.
    struct Pattern {
        std::vector<std::byte> good;
        std::vector<std::byte> mask;

        bool fits(std::span<const std::byte> payload) const;
        void learn(std::span<const std::byte> payload);
    };

    Pattern& pattern_of(Verb verb, std::size_t size);

    std::vector<std::vector<Pattern>> patterns_ = std::vector<std::vector<Pattern>>(verb_count);
    protocol::ReplyParser parser_;
    std::uint64_t parsed_ = 0;
};

}  // namespace usher::bench
