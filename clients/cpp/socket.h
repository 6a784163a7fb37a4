// A connected stream socket with deadlines. Owns its descriptor. Everything either succeeds, says
// that the deadline has passed, or gives a fault that names the endpoint.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "base/result.h"
#include "clients/cpp/endpoint.h"

namespace usher::client {

using Deadline = std::chrono::steady_clock::time_point;

/// The deadline that is `span` from now.
inline Deadline within(std::chrono::milliseconds span) {
    return std::chrono::steady_clock::now() + span;
}

enum class Readiness { passed, readable, writable, both };

class Socket {
  public:
    static Result<Socket> connect(const Endpoint& endpoint, Deadline deadline);

    /// Takes over a descriptor that is connected already; `peer` is its name in faults.
    Socket(int fd, std::string peer) : fd_(fd), peer_(std::move(peer)) {}
    Socket(Socket&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)), peer_(std::move(other.peer_)) {}
    Socket& operator=(Socket&&) = delete;
    ~Socket();

    /// Waits until there is something to read, or room to write if that is wanted too.
    Result<Readiness> wait(bool read, bool write, Deadline deadline) const;

    /// Reads what is there, without waiting: how many bytes, 0 if there is nothing at the moment.
    /// The other side's end is a fault.
    Result<std::size_t> read(std::span<std::byte> into) const;

    /// Writes as much as there is room for, without waiting: how many bytes.
    Result<std::size_t> write(std::span<const std::byte> from) const;

    const std::string& peer() const { return peer_; }
    int fd() const { return fd_; }

  private:
    int fd_;
    std::string peer_;
};

}  // namespace usher::client
