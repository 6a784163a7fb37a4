// What has happened, as one number: the same seed gives the same one, or something is not
// deterministic. And, for somebody who looks for a bug, as lines.
#pragma once

#include <cstdint>
#include <iostream>
#include <string_view>

namespace usher::simulator {

class Trace {
  public:
    explicit Trace(bool aloud) : aloud_(aloud) {}

    void say(std::string_view what) {
        for (const char c : what) {  // FNV-1a
            hash_ ^= static_cast<unsigned char>(c);
            hash_ *= 0x100000001B3;
        }
        ++lines_;
        if (aloud_) std::cout << what << '\n';
    }

    std::uint64_t hash() const { return hash_; }
    std::uint64_t lines() const { return lines_; }

  private:
    bool aloud_;
    std::uint64_t hash_ = 0xCBF29CE484222325;
    std::uint64_t lines_ = 0;
};

}  // namespace usher::simulator
