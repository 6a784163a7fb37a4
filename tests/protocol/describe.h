// Requests and answers as text, every field of them: equal texts mean equal values, and a
// difference reads well in a failed test.
#pragma once

#include <string>

#include "protocol/answer.h"
#include "protocol/request.h"

namespace usher::testing {

std::string describe(const protocol::Request& request);
std::string describe(const protocol::Answer& answer);

}  // namespace usher::testing
