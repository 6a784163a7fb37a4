// What both writers build frames with: a FlatBuffer from the back of a buffer to its front, then
// the header before it, in the same memory. It keeps its memory from frame to frame.
#pragma once

#include <flatbuffers/flatbuffer_builder.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/frame.h"

namespace usher::protocol {

using WireText = flatbuffers::Offset<flatbuffers::String>;
template <class T>
using WireList = flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<T>>>;

class FrameBuilder {
  public:
    /// Empties it; the next payload will be a multiple of 16 bytes long (frame.h says why).
    void begin();

    /// The whole frame. Call it once, behind the Finish() of the FlatBuffer.
    std::span<const std::byte> seal_as(FrameKind kind, std::uint64_t correlation);

    /// What the generated functions want.
    operator flatbuffers::FlatBufferBuilder&() {
        return flat_;
    }  // NOLINT(google-explicit-constructor)
    flatbuffers::FlatBufferBuilder& flat() { return flat_; }

    WireText text(std::string_view text) { return flat_.CreateString(text.data(), text.size()); }

    /// Absent when empty.
    WireText text_unless_empty(std::string_view from) {
        return from.empty() ? WireText{} : text(from);
    }

    WireText optional_text(const std::optional<std::string_view>& from) {
        return from ? text(*from) : WireText{};
    }

    /// A list of what `make(i)` builds for every i below `count`. Lists do not nest.
    template <class T, class Make>
    WireList<T> list(std::size_t count, Make make) {
        offsets_.clear();
        for (std::size_t i = 0; i < count; ++i) offsets_.push_back(make(i).o);
        flat_.StartVector(count, sizeof(flatbuffers::uoffset_t));
        for (auto i = count; i != 0; --i)
            flat_.PushElement(flatbuffers::Offset<T>{offsets_[i - 1]});
        return flat_.EndVector(count);
    }

  private:
    flatbuffers::FlatBufferBuilder flat_;
    std::vector<flatbuffers::uoffset_t> offsets_;
};

template <class T>
flatbuffers::Optional<T> wire_optional(const std::optional<T>& value) {
    return value ? flatbuffers::Optional<T>{*value} : flatbuffers::nullopt;
}

}  // namespace usher::protocol
