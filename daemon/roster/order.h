// What has moved in a list. Pure.
#pragma once

#include <cstdint>
#include <vector>

namespace usher::roster {

/// For things in their new order, given by their old ranks (no rank twice): which of them moved.
/// Those that did not are a longest row that kept its order, so that one agent who goes from the
/// end to the front is one change and not one for everybody that it passed.
std::vector<bool> moved(const std::vector<std::uint32_t>& old_ranks);

}  // namespace usher::roster
