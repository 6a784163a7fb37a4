// An image: the whole state of an engine as bytes, for snapshots. Version 3 (1 and 2 came before
// the first release and are not read). What can be derived from the rest (loads, sets, the window,
// the backlog) is not in it and is rebuilt on loading. picture.h makes one while the state goes on.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "base/result.h"
#include "engine/engine.h"

namespace usher::engine {

using ImageSink = std::function<Result<void>(std::span<const std::byte>)>;

/// Gives the image to `sink` piece by piece.
Result<void> save_image(const Engine& engine, const ImageSink& sink);

/// Fills an empty engine. A fault (ExitCode::data) says that the bytes are no image that this
/// program knows, or do not give the digest that they claim.
Result<void> load_image(std::span<const std::byte> bytes, Engine& engine);

}  // namespace usher::engine
