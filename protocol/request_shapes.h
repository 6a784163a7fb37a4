// Requests that look like one before: `route` and `close` whose payloads differ from one that was
// read (read_directly.h) in nothing but the letters of their texts. A gateway's requests do, so
// most need no offset to be followed: they are compared with what is known, sixteen bytes at a
// time, and their texts stand where those stood. What a payload means hangs on the bytes that were
// looked at when the shape was learned; all of these must be the same, and the texts must be
// printable.
//
// What is known is replaced as other shapes come, a few at a time; of a payload that is none of
// them nothing is said. One thread, any number of parsers. Inside of protocol/ and for who owns the
// parsers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/limits.h"
#include "protocol/request.h"

namespace usher::protocol {

class RequestShapes {
  public:
    /// False: of no known shape. Else `out` is what read_directly() would have made of it.
    bool read(std::span<const std::byte> payload, std::span<Property> properties,
              std::span<std::string_view> skills, Request& out) const;

    /// read() did not know this payload, but read_directly() took it.
    void met_unknown(std::span<const std::byte> payload);

  private:
    static constexpr std::size_t bytes_max = 512;
    static constexpr std::size_t properties_max = 8;
    static constexpr std::size_t skills_max = 16;
    static constexpr std::size_t sizes = 32;
    static constexpr std::size_t ways = 2;  ///< shapes of one size that are known at a time
    static constexpr std::uint32_t unknown_to_one_learned = 8;

    static constexpr std::size_t none = ~std::size_t{0};  ///< the size of what was not learned

    struct Place {
        std::uint16_t at = 0;  ///< in the payload
        std::uint16_t size = 0;
    };
    using Lanes = std::array<std::uint8_t, bytes_max>;

    struct Shape {
        std::size_t bytes = none;  ///< of the payload
        /// A byte fits if it is `least` or up to `more` beyond: what was looked at only as it is,
        /// a letter if it is printable, anything else always.
        alignas(16) Lanes least{};
        alignas(16) Lanes more{};
        Request request;  ///< its texts stand nowhere
        Place account, key, ticket, channel, pipeline, contact_owner, status, linked_ticket;
        std::array<std::array<Place, 2>, properties_max> properties;  ///< key and value
        std::size_t property_count = 0;
        std::array<Place, skills_max> skills;
        std::size_t skill_count = 0;

        bool fits(std::span<const std::byte> payload) const;
        void fill(std::span<const std::byte> payload, std::span<Property> into_properties,
                  std::span<std::string_view> into_skills, Request& out) const;
        bool learn(std::span<const std::byte> payload);

      private:
        bool learn_text(std::span<const std::byte> payload, std::string_view text, Place& place);
        bool learn_route(std::span<const std::byte> payload, const Route& route);
        void fix(std::span<const std::byte> payload, std::size_t at);
    };

    struct OfOneSize {
        std::array<Shape, ways> shapes;
        std::size_t next = 0;  ///< the one that is replaced first
    };

    static std::size_t place_of(std::size_t bytes) { return bytes / 16 % sizes; }

    std::array<OfOneSize, sizes> known_;
    std::uint32_t unknown_ = 0;  ///< met so far
};

}  // namespace usher::protocol
