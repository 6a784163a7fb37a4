// What every verb that talks to a daemon has in common: where the daemon is, whose account, how
// long to wait, how to show.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "clients/cpp/connection.h"
#include "clients/usherctl/exit.h"

namespace usher::ctl {

struct Globals {
    std::string connect;  ///< endpoint; empty: found
    std::string data_dir;
    std::string account;  ///< --account or USHER_ACCOUNT
    double timeout_s = 10;
    bool json = false;

    std::chrono::milliseconds timeout() const {
        return std::chrono::milliseconds(static_cast<std::int64_t>(timeout_s * 1000));
    }
};

/// A connection, or how usherctl ends (it has said why).
struct Session {
    std::unique_ptr<client::Connection> connection;
    Exit exit = Exit::done;

    explicit operator bool() const { return connection != nullptr; }
    bool trace_clock() const { return connection->hello().clock == "trace"; }
};
Session connect(const Globals& globals);
/// The same without a word: a Session without a connection, if it cannot be had now.
Session try_connect(const Globals& globals);

/// Exit::usage, and a sentence that says how, when there is no account.
Exit need_account(const Globals& globals);

/// The daemon went away, or did not answer in time.
Exit lost(const Fault& fault);

}  // namespace usher::ctl
