// Wakes a core that sleeps in its loop. ring() may be called from any thread, also while the core
// is awake: it then does not sleep the next time. The owner waits for fd() to become readable.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "net/descriptor.h"

namespace usher::net {

class Bell {
  public:
    Bell() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

    void ring() {
        const std::uint64_t one = 1;
        // It can only fail when the counter is full: then it is rung already.
        [[maybe_unused]] const auto written = ::write(fd_.get(), &one, sizeof one);
    }

    void silence() {
        std::uint64_t rung = 0;
        [[maybe_unused]] const auto read = ::read(fd_.get(), &rung, sizeof rung);
    }

    int fd() const { return fd_.get(); }

  private:
    Descriptor fd_;
};

}  // namespace usher::net
