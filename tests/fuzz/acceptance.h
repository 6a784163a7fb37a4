// How many inputs a fuzzer's subject has accepted: a fuzzer whose inputs are all turned away at the
// door tests the door alone. The count is printed when the program ends, and .ci/fuzz looks at it.
//
// With USHER_FUZZ_PLANTED in the environment one in 16 accepted inputs aborts, as a bug behind the
// door would: the control, by which it is seen that fuzzing would find one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "base/checksum.h"

namespace usher::fuzzing {

class Acceptance {
  public:
    Acceptance() = default;
    Acceptance(const Acceptance&) = delete;
    Acceptance& operator=(const Acceptance&) = delete;
    ~Acceptance() { std::fprintf(stderr, "accepted %llu of %llu inputs\n", accepted_, tried_); }

    void tried() { ++tried_; }

    void accepted(std::span<const std::byte> input) {
        ++accepted_;
        if (planted_ && crc32c(input) % 16 == 7) std::abort();
    }

  private:
    bool planted_ = std::getenv("USHER_FUZZ_PLANTED") != nullptr;
    unsigned long long tried_ = 0;
    unsigned long long accepted_ = 0;
};

inline Acceptance acceptance;

inline std::span<const std::byte> bytes_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const std::byte*>(data), size};
}

}  // namespace usher::fuzzing
