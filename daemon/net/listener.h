// Accepts connections on one socket, a bounded number a turn. When the process has no descriptor
// left, one that is kept in reserve is given up for a moment: the connection is accepted and
// closed, so that the peer learns of it and the loop does not spin on a socket that stays ready.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstdint>
#include <functional>

#include "net/counters.h"
#include "net/descriptor.h"
#include "net/limits.h"

namespace usher::net {

class Listener {
  public:
    using Accepted = std::function<void(Descriptor)>;

    Listener(boost::asio::io_context& io, Descriptor socket, const Limits& limits,
             Counters& counters, Accepted accepted);

    /// Waits for connections, unless it does already. The core calls it at the end of its turns.
    void listen_on();
    /// At every sweep: takes a reserve again if it was lost to somebody, and goes on.
    void recover();
    /// No more connections; gone() once the wait has ended.
    void close();
    bool gone() const { return closed_ && !waiting_; }

  private:
    void accept_some();
    void refuse_one();

    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> socket_;
    Descriptor reserve_;
    const Limits& limits_;
    Counters& counters_;
    Accepted accepted_;
    bool waiting_ = false;
    bool resting_ = false;  ///< until the next sweep: not even the reserve helped
    bool closed_ = false;
};

}  // namespace usher::net
