// What is wrong with a roster, as it is found. Collects in any order, gives back in the order of
// the files. Owned by one parse() and used by everything that reads for it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "roster/roster.h"

namespace usher::roster {

/// Where something stands. Lines and columns count from 1, columns in characters.
struct Place {
    std::uint32_t file = 0;  ///< index among the files of this parse
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};

class Problems {
  public:
    void error(Place at, std::string message, std::string hint);
    void warning(Place at, std::string message, std::string hint);

    bool any_error() const { return errors_ != 0; }

    /// Everything found, sorted by place, cut at problems_max. Leaves nothing behind.
    std::vector<Problem> take(std::span<const SourceFile> files);

  private:
    struct Found {
        Place at;
        bool warning = false;
        std::string message;
        std::string hint;
    };

    void cut();

    std::vector<Found> found_;
    std::size_t errors_ = 0;
};

}  // namespace usher::roster
