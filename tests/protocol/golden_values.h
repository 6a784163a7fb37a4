// The requests and answers whose bytes are kept in tests/golden/wire. They are added to, never
// changed: other people's clients are tested with these files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/answer.h"
#include "protocol/request.h"

namespace usher::testing {

template <class Value>
struct Golden {
    std::string name;     ///< of the file, without .hex
    std::string meaning;  ///< its first comment
    std::uint64_t correlation = 0;
    Value value;
};

/// At least one for every verb: the name is "request_VERB" or "request_VERB_WHAT".
std::vector<Golden<protocol::Request>> golden_requests();
std::vector<Golden<protocol::Answer>> golden_answers();

/// Several requests in one frame: their correlations count up from the value's.
std::vector<Golden<std::vector<protocol::Request>>> golden_batches();

}  // namespace usher::testing
