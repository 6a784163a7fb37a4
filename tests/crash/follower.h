// A gateway that keeps its place in a file: `usherctl watch --json` appends the events of one
// account to it, line by line, and is killed with SIGKILL. What was being written then is cut off,
// and the next one asks for what comes after the file's last whole line. It knows nothing else.
//
// One thread. The process ends with the object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "tests/crash/child.h"

namespace usher::crash {

struct FollowerOptions {
    std::string program;    ///< path of usherctl
    std::string directory;  ///< the daemon's data directory: how it is found
    std::string account;
    std::string file;     ///< where the events go; what it complains of goes to FILE.errors
    unsigned page = 256;  ///< events in an answer, at most
};

/// The last line of a file that has its end; empty: there is none.
std::string last_line_of(const std::string& path);

class Follower {
  public:
    explicit Follower(FollowerOptions options) : options_(std::move(options)) {}

    /// Goes on behind the last whole line.
    Result<void> start();

    /// SIGKILL, and then the file is as long as its whole lines. False: it had ended by itself,
    /// because there was no daemon; a fault if for any other reason.
    Result<bool> kill();

    std::uint64_t last_seq() const { return last_seq_; }  ///< of what is kept; 0: nothing is
    std::uint64_t kept_bytes() const { return kept_bytes_; }
    std::uint64_t file_bytes() const;  ///< what is being written at this instant included
    /// The last whole line of the file as it is at this instant.
    std::string last_line() const { return last_line_of(options_.file); }
    std::uint64_t torn() const { return torn_; }  ///< kills that left a piece of a line

  private:
    Result<void> cut_off_what_is_torn();

    FollowerOptions options_;
    std::optional<Child> child_;
    std::uint64_t last_seq_ = 0;
    std::uint64_t kept_bytes_ = 0;
    std::uint64_t torn_ = 0;
};

/// All that is on disk of an account's events, by one that nobody disturbs, into `options.file`.
Result<void> read_everything(const FollowerOptions& options);

/// The number of the event in a line as `usherctl watch --json` prints it.
std::optional<std::uint64_t> seq_of(std::string_view line);

}  // namespace usher::crash
