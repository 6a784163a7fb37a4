// The bugs that can be planted: their names, and what each is. Those of the disk's calls are in
// forgetful_disk.cpp, the others in the daemon's rooms (daemon/base/planted.h).
#pragma once

#include <span>
#include <string_view>

namespace usher::simulator {

struct Plant {
    std::string_view name;
    std::string_view what;
};

std::span<const Plant> plants();

}  // namespace usher::simulator
