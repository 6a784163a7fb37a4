// The requests of the hot path, `route` and `close`, read without FlatBuffers' verifier: every
// offset is checked when it is followed, and every text when it is met. It takes only what is
// plainly right; whatever else there may be in a payload, the long way (verifier, Reader,
// validate()) has the word and the complaint. What is taken, is taken by the long way with the same
// result: tests compare the two, on payloads that were broken on purpose, too.
// The format: FlatBuffers' "Internals" page (tables, vtables, offsets). Inside of protocol/ only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/request.h"

namespace usher::protocol {

/// False: go the long way. `payload` must be 16-byte aligned. The request's lists are put into
/// `properties` and `skills`; its texts are views into the payload.
bool read_directly(std::span<const std::byte> payload, std::span<Property> properties,
                   std::span<std::string_view> skills, Request& out);

/// The same, and marks with 0xFF the bytes that it has looked at, but for the letters of texts:
/// `looked_at` is as long as the payload. Another payload that has the same there is read likewise,
/// as long as its texts are printable ASCII and no two of its properties' keys are equal.
bool read_directly(std::span<const std::byte> payload, std::span<Property> properties,
                   std::span<std::string_view> skills, Request& out,
                   std::span<std::uint8_t> looked_at);

/// The request's body, of that kind: what stands there if it is, else anew.
template <class T>
T& body_of_kind(Request& request) {
    auto* body = std::get_if<T>(&request.body);
    return body != nullptr ? *body : request.body.emplace<T>();
}

}  // namespace usher::protocol
