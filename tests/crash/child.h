// A program in a process of its own, killed with SIGKILL. The object owns the process: none
// outlives it. One thread, but kill() may be called by any.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <string>
#include <vector>

#include "base/result.h"

namespace usher::crash {

class Child {
  public:
    /// Descriptors that it writes to; without one it writes where we do. They stay the caller's.
    struct Streams {
        int output = -1;
        int errors = -1;
    };
    static Result<Child> start(std::vector<std::string> words, Streams streams);
    Child(Child&& other) noexcept : pid_(other.pid_.exchange(0)) {}
    Child& operator=(Child&&) = delete;
    ~Child();

    /// SIGKILL, without waiting for the end; nothing if that has been waited for already.
    void kill() const;

    /// Waits for the end; the status as waitpid() gives it.
    Result<int> wait();

    static bool was_killed(int status);

  private:
    explicit Child(pid_t pid) : pid_(pid) {}

    std::atomic<pid_t> pid_;  ///< 0: it has ended
};

}  // namespace usher::crash
