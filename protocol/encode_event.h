// Events as the wire has them; a part of a reply. Of protocol/ alone.
#pragma once

#include <events_generated.h>

#include <vector>

#include "protocol/answer.h"
#include "protocol/frame_builder.h"

namespace usher::protocol {

WireList<wire::Event> encode_events(FrameBuilder& builder, const std::vector<EventView>& events);

}  // namespace usher::protocol
