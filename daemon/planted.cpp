// Part of usherd-planted alone: the daemon with a bug on purpose, which the tests that kill daemons
// must find. USHER_PLANT in its environment names one (daemon/base/planted.h); without it answers
// leave before they are written.
#include <cstdlib>

#include "base/planted.h"

namespace usher {
namespace {

[[maybe_unused]] const bool chosen = [] {
    const char* name = std::getenv("USHER_PLANT");
    planted_bug = name != nullptr ? name : "ack_before_write";
    return true;
}();

}  // namespace
}  // namespace usher
