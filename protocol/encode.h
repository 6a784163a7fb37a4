// From plain values to a whole frame, header included. A writer belongs to one thread and is
// reused: it keeps its memory, so that writing does not allocate once it is warm. The bytes stand
// until the writer's next frame().
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "protocol/answer.h"
#include "protocol/frame_builder.h"
#include "protocol/reply_template.h"
#include "protocol/request.h"

namespace usher::protocol {

class RequestWriter {
  public:
    /// Whatever the request says: also one that validate() would complain about, as long as its
    /// lists and texts are within 2 GiB (tests send such frames on purpose).
    std::span<const std::byte> frame(std::uint64_t correlation, const Request& request);

  private:
    FrameBuilder builder_;
};

class ReplyWriter {
  public:
    /// A roster's changes and errors are cut to roster_lines_max lines, the last of which says how
    /// many are missing. An answer whose frame would exceed reply_bytes_max becomes a refusal
    /// (frame_too_large) that says to ask for a shorter list.
    std::span<const std::byte> frame(std::uint64_t correlation, const Answer& answer);

    /// The same bytes, always by the builder and never from a template.
    std::span<const std::byte> built(std::uint64_t correlation, const Answer& answer);

  private:
    FrameBuilder builder_;
    ReplyTemplates templates_;
};

}  // namespace usher::protocol
