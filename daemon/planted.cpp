// Part of usherd-planted alone: the daemon whose answers leave before they are written. The test
// that kills daemons under load must find that out.
#include "base/planted.h"

namespace usher {
namespace {

[[maybe_unused]] const bool chosen = [] {
    planted_bug = "ack_before_write";
    return true;
}();

}  // namespace
}  // namespace usher
