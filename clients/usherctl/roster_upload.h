// A roster of any size to a daemon, in parts over one connection.
#pragma once

#include <chrono>
#include <vector>

#include "clients/cpp/connection.h"
#include "clients/scenario/file_text.h"

namespace usher::ctl {

/// Sends apply_begin, the texts in parts, and `commit` (a request with an ApplyCommit). Nothing may
/// be in flight. The answer is the commit's, or that of a part that was refused; it stands until
/// the connection's next call. Each step may take `patience`.
Result<const protocol::Answer*> upload_roster(client::Connection& connection,
                                              const protocol::Request& commit,
                                              const std::vector<scenario::NamedText>& texts,
                                              std::chrono::milliseconds patience);

}  // namespace usher::ctl
