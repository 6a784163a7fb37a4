// A program under test: started with its output caught, waited for with patience, ended by its pid.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "net/descriptor.h"

namespace usher::net::testing {

class Program {
  public:
    /// `environment`: NAME=VALUE, on top of ours.
    Program(const std::vector<std::string>& command,
            const std::vector<std::string>& environment = {});
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// The next line of standard output, without its end; nothing at the end or after patience.
    std::optional<std::string> line();
    void send(int signal) const;
    /// The exit code, or minus the signal that ended it; nothing after patience.
    std::optional<int> wait();
    /// All of standard error; after wait().
    std::string errors();
    pid_t pid() const { return pid_; }

  private:
    pid_t pid_ = -1;
    Descriptor out_;
    Descriptor error_;
    std::string unread_;
    std::optional<int> ended_;
};

}  // namespace usher::net::testing
