// One line of a scenario, read: JSON text in, a protocol::Request out, or the reason why the line
// is none. A refusal is made here once, so that simulate, send and replay refuse alike; what it
// names is malformed only — whether a ticket or an agent exists is the engine's to say.
//
// The Line that read() returns, and every view in it, is good until the next read() of the same
// LineReader. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/scenario/field_reader.h"
#include "clients/scenario/object_parser.h"
#include "protocol/answer.h"
#include "protocol/request.h"

namespace usher::scenario {

/// What an answer line repeats of its request. At most one of ticket and agent is there.
struct Heading {
    std::string_view verb;
    std::string_view ticket;
    std::string_view agent;
    bool undated = false;  ///< no instant: the line's could not be read
};

/// `apply` names files, which only the reader's caller can open.
struct ApplyLine {
    std::vector<std::string> files;
    bool dry_run = false;
    bool unassign = false;
};

struct Line {
    Heading heading;
    std::optional<std::int64_t> at_ms;
    protocol::Request request;
    std::optional<ApplyLine> apply;  ///< then the request's body is an ApplyCommit
    std::string wrong;               ///< the message of `bad_field`; empty: the request stands
    bool broken = false;             ///< not even a JSON object

    /// The answer to a line that is wrong.
    protocol::Answer refusal() const;
};

class LineReader {
  public:
    /// Every request is one of `account`. With `at_required` a line without `at` is refused: there
    /// is no clock but the scenario's.
    LineReader(std::string account, bool at_required)
        : account_(std::move(account)), at_required_(at_required) {}
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;

    /// `number` counts the lines of the scenario from 1 and stands in messages; 0 leaves it out.
    Line& read(std::string_view text, std::uint64_t number);

  private:
    std::string parse(std::string_view text);
    std::string fill(const boost::json::object& object);

    std::string account_;
    bool at_required_;
    ObjectParser parser_;
    Lists lists_;
    Line line_;
};

/// Whether a scenario's line says nothing: blank, or a comment that starts with `#`.
bool says_nothing(std::string_view text);

/// Fills in `request.body` (or `apply`) from fields that were named right.
void read_body(const Verb& verb, FieldReader& fields, Line& line);

}  // namespace usher::scenario
