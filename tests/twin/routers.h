// The two routers that are compared: the engine, run as `usherctl simulate` runs it, and the twin.
#pragma once

#include <string_view>

#include "tests/twin/comparison.h"
#include "tests/twin/twin.h"

namespace usher::twin {

/// What the engine has of what the twin can do.
Features features_of_this_release();

MakeRouter engine_router();
MakeRouter twin_router(Features features, std::string_view plant = {});

}  // namespace usher::twin
