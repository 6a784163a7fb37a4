// From the payload of a frame to plain values. Whatever the bytes are, the cost is in proportion
// to their number: a verifier with explicit limits, then a budget (the texts and lists that are
// seen may not be longer, together, than the payload: this stops offsets that alias), then the
// checks of validate.h. This is the only place where a FlatBuffer that came from outside is opened.
//
// A parser belongs to one thread and is reused: once warm it does not allocate for requests and
// for the replies of routing. What it gives stands until its next parse() and only as long as the
// payload does.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "protocol/answer.h"
#include "protocol/limits.h"
#include "protocol/request.h"
#include "protocol/request_shapes.h"

namespace usher::protocol {

/// A payload at a 16-byte aligned address: itself, or a copy in memory that is kept for the next.
class AlignedPayload {
  public:
    std::span<const std::byte> of(std::span<const std::byte> payload);

  private:
    struct alignas(16) Block {
        std::array<std::byte, 16> bytes;
    };
    std::unique_ptr<Block[]> blocks_;
    std::size_t block_count_ = 0;
};

struct ParsedRequest {
    const Request* request = nullptr;  ///< nullptr: refused
    Reject reject = Reject::none;      ///< bad_frame, bad_field or frame_too_large
    std::string message;               ///< "FIELD: what is wrong with it"

    explicit operator bool() const { return request != nullptr; }
};

class RequestParser {
  public:
    RequestParser() = default;
    /// `shapes` (not owned) is what this parser and others of its thread know together.
    explicit RequestParser(RequestShapes& shapes) : shapes_(&shapes) {}

    ParsedRequest parse(std::span<const std::byte> payload);

    /// The same without read_directly.h and shapes; the payload must be 16-byte aligned.
    ParsedRequest parse_the_long_way(std::span<const std::byte> aligned);

  private:
    bool read_the_short_way(std::span<const std::byte> aligned);

    RequestShapes* shapes_ = nullptr;
    Request request_;
    AlignedPayload aligned_;
    // One more than allowed, so that validate() sees that there are too many.
    std::array<Property, property_count_max + 1> properties_;
    std::array<std::string_view, skill_count_max + 1> skills_;
};

struct ParsedReply {
    const Answer* answer = nullptr;  ///< nullptr: not a reply that we understand
    std::string message;             ///< why not

    explicit operator bool() const { return answer != nullptr; }
};

/// Numbers of Reject, Outcome, Reason, Verdict and EventKind that a newer server may have added
/// pass as they are (their names are then "unknown"); everything else is checked.
class ReplyParser {
  public:
    ParsedReply parse(std::span<const std::byte> payload);

  private:
    Answer answer_;
    AlignedPayload aligned_;
};

}  // namespace usher::protocol
