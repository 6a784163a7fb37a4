// A usherd of our own: started in a process, found by the line in which it says where it listens,
// killed with SIGKILL. The object owns the process: none outlives it. One thread, but kill() may be
// called by any.
#pragma once

#include <string>

#include "base/result.h"
#include "tests/crash/child.h"

namespace usher::crash {

struct DaemonOptions {
    std::string program;    ///< path of usherd
    std::string directory;  ///< its data directory
    std::string durability;
    unsigned shards = 1;
    unsigned snapshot_journal_mib = 1;  ///< so that many a kill falls within one
};

class Daemon {
  public:
    /// Starts it and waits until it listens, at most half a minute.
    static Result<Daemon> start(const DaemonOptions& options);
    Daemon(Daemon&& other) noexcept;
    Daemon& operator=(Daemon&&) = delete;
    ~Daemon();

    /// "127.0.0.1:40123"
    const std::string& endpoint() const { return endpoint_; }

    /// SIGKILL, without waiting for the end.
    void kill() const { child_.kill(); }

    /// Waits for the end after kill(). A fault if it ended by anything but SIGKILL.
    Result<void> wait_for_end();

  private:
    Daemon(Child child, int output) : child_(std::move(child)), output_(output) {}
    Result<void> read_endpoint();

    Child child_;
    int output_;  ///< its standard output
    std::string endpoint_;
};

}  // namespace usher::crash
