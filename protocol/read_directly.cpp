#include "protocol/read_directly.h"

#include <requests_generated.h>

#include <cstdint>
#include <cstring>
#include <optional>

#include "protocol/limits.h"
#include "protocol/text.h"
#include "protocol/validate.h"

namespace usher::protocol {
namespace {

using Place = std::size_t;  ///< in the payload; 0 stands for nothing: the root's offset is there

/// Nobody wants to know which bytes were looked at.
struct Unwatched {
    void looked_at(Place, std::size_t) const {}
};

struct Watched {
    std::span<std::uint8_t> marks;

    void looked_at(Place at, std::size_t bytes) const { std::memset(&marks[at], 0xFF, bytes); }
};

/// The payload, looked at with suspicion. The first thing that is wrong makes it fail for good.
template <class Watch>
class Bytes {
  public:
    Bytes(std::span<const std::byte> payload, Watch watch)
        : begin_(reinterpret_cast<const char*>(payload.data())),
          size_(payload.size()),
          texts_left_(payload.size()),
          watch_(watch) {}

    bool failed() const { return failed_; }
    void fail() { failed_ = true; }

    /// Aligned as FlatBuffers wants it; 0 beyond the end.
    template <class T>
    T number(Place at) {
        if (at % sizeof(T) != 0 || at + sizeof(T) > size_) {
            fail();
            return {};
        }
        return known_number<T>(at);
    }

    /// The same where it has been seen that it is within the payload.
    template <class T>
    T known_number(Place at) const {
        T value;
        std::memcpy(&value, begin_ + at, sizeof value);
        watch_.looked_at(at, sizeof value);
        return value;
    }

    /// Where the offset at `at` leads; within the payload, or 0.
    Place follow(Place at) {
        const auto offset = number<std::uint32_t>(at);
        if (offset == 0 || at + offset > size_) {
            fail();
            return 0;
        }
        return at + offset;
    }

    /// The text that stands at `at`; all of them together may not be longer than the payload.
    std::string_view text(Place at) {
        const auto length = std::size_t{number<std::uint32_t>(at)};
        const auto from = at + sizeof(std::uint32_t);
        if (from + length >= size_ || !spend(length)) {
            fail();
            return {};
        }
        if (begin_[from + length] != 0) fail();
        watch_.looked_at(from + length, 1);
        return {begin_ + from, length};
    }

    /// How many offsets stand in the vector at `at`.
    std::uint32_t offsets_at(Place at, std::size_t count_max) {
        const auto count = number<std::uint32_t>(at);
        if (failed_ || count > count_max || count * sizeof(std::uint32_t) > size_ - at - 4 ||
            !spend(count * sizeof(std::uint32_t)))
            fail();
        return failed_ ? 0 : count;
    }

  private:
    /// False: texts and lists would be longer together than the payload.
    bool spend(std::size_t bytes) {
        if (bytes > texts_left_) return false;
        texts_left_ -= bytes;
        return true;
    }

    const char* begin_;
    std::size_t size_;
    std::size_t texts_left_;
    [[no_unique_address]] Watch watch_;
    bool failed_ = false;
};

template <class Watch>
class Table {
  public:
    Table(Bytes<Watch>& bytes, Place at) : bytes_(bytes), at_(at) {
        const auto vtable =
            static_cast<std::int64_t>(at) - std::int64_t{bytes.template number<std::int32_t>(at)};
        if (vtable < 0) {
            bytes.fail();
            return;
        }
        vtable_ = static_cast<Place>(vtable);
        const auto size = bytes.template number<std::uint16_t>(vtable_);
        if (size < 4 || size % 2 != 0) bytes.fail();
        // Its last entry is within the payload, so all are.
        if (!bytes.failed()) bytes.template number<std::uint16_t>(vtable_ + size - 2);
        if (!bytes.failed()) vtable_bytes_ = size;
    }

    /// 0: absent. Of a table that was no good all are.
    Place field(flatbuffers::voffset_t entry) const {
        if (entry >= vtable_bytes_) return 0;
        const auto offset = bytes_.template known_number<std::uint16_t>(vtable_ + entry);
        return offset == 0 ? 0 : at_ + offset;
    }

    template <class T>
    T number(flatbuffers::voffset_t entry, T otherwise) {
        const auto at = field(entry);
        return at == 0 ? otherwise : bytes_.template number<T>(at);
    }

    bool flag(flatbuffers::voffset_t entry, bool otherwise) {
        const auto raw = number<std::uint8_t>(entry, otherwise ? 1 : 0);
        if (raw > 1) bytes_.fail();
        return raw == 1;
    }

    /// A key that must be there, and is plain ASCII.
    std::string_view key(flatbuffers::voffset_t entry) {
        const auto at = field(entry);
        if (at == 0) {
            bytes_.fail();
            return {};
        }
        return key_at(bytes_.follow(at));
    }

    std::optional<std::string_view> optional_key(flatbuffers::voffset_t entry) {
        const auto at = field(entry);
        if (at == 0) return std::nullopt;
        return key_at(bytes_.follow(at));
    }

    Place list(flatbuffers::voffset_t entry) {
        const auto at = field(entry);
        return at == 0 ? 0 : bytes_.follow(at);
    }

  private:
    std::string_view key_at(Place at) {
        const auto key = bytes_.text(at);
        if (key.empty() || key.size() > key_bytes_max || !printable_ascii(key)) bytes_.fail();
        return key;
    }

    Bytes<Watch>& bytes_;
    Place at_;
    Place vtable_ = 0;
    std::size_t vtable_bytes_ = 0;  ///< all of them are within the payload
};

template <class Watch>
std::string_view plain_value(Bytes<Watch>& bytes, Table<Watch>& property) {
    const auto at = property.field(wire::Property::VT_VALUE);
    if (at == 0) bytes.fail();
    const auto value = bytes.text(bytes.follow(at));
    if (value.size() > property_value_bytes_max || !printable_ascii(value)) bytes.fail();
    return value;
}

template <class Watch>
Properties read_properties(Bytes<Watch>& bytes, Place list, std::span<Property> into) {
    if (list == 0) return {};
    const auto count = bytes.offsets_at(list, into.size());
    for (std::uint32_t i = 0; i < count && !bytes.failed(); ++i) {
        Table property(bytes, bytes.follow(list + 4 + 4 * Place{i}));
        into[i].key = property.key(wire::Property::VT_KEY);
        into[i].value = plain_value(bytes, property);
        for (std::uint32_t before = 0; before < i; ++before)
            if (into[before].key == into[i].key) bytes.fail();
    }
    return into.first(bytes.failed() ? 0 : count);
}

template <class Watch>
Keys read_skills(Bytes<Watch>& bytes, Place list, std::span<std::string_view> into) {
    if (list == 0) return {};
    const auto count = bytes.offsets_at(list, into.size());
    for (std::uint32_t i = 0; i < count && !bytes.failed(); ++i) {
        into[i] = bytes.text(bytes.follow(list + 4 + 4 * Place{i}));
        if (into[i].empty() || into[i].size() > key_bytes_max || !printable_ascii(into[i]))
            bytes.fail();
    }
    return into.first(bytes.failed() ? 0 : count);
}

template <class Watch>
void read_route(Bytes<Watch>& bytes, Table<Watch> from, std::span<Property> properties,
                std::span<std::string_view> skills, Route& to) {
    using wire::Route;
    to.ticket = from.key(Route::VT_TICKET);
    to.channel = from.key(Route::VT_CHANNEL);
    to.pipeline = from.optional_key(Route::VT_PIPELINE);
    to.type.reset();
    if (const auto at = from.field(Route::VT_TYPE)) {
        const auto type = bytes.template number<std::uint8_t>(at);
        if (type > static_cast<std::uint8_t>(wire::TicketType::MAX)) bytes.fail();
        to.type = TicketType{type};
    }
    to.contact_owner = from.optional_key(Route::VT_CONTACT_OWNER);
    to.contact_tracked = from.flag(Route::VT_CONTACT_TRACKED, true);
    to.properties = read_properties(bytes, from.list(Route::VT_PROPERTIES), properties);
    to.skills = read_skills(bytes, from.list(Route::VT_SKILLS), skills);
    to.status = from.optional_key(Route::VT_STATUS);
    to.priority = from.template number<std::uint8_t>(Route::VT_PRIORITY, 0);
    if (to.priority > priority_max) bytes.fail();
    to.linked_ticket = from.optional_key(Route::VT_LINKED_TICKET);
}

template <class Watch>
bool read_request(Bytes<Watch> bytes, std::span<Property> properties,
                  std::span<std::string_view> skills, Request& out) {
    Table<Watch> request(bytes, bytes.follow(0));
    const auto kind =
        wire::Body{request.template number<std::uint8_t>(wire::Request::VT_BODY_TYPE, 0)};
    if (kind != wire::Body::route && kind != wire::Body::close) return false;
    out.account = request.key(wire::Request::VT_ACCOUNT);
    out.key = request.optional_key(wire::Request::VT_KEY);
    out.at_ms.reset();
    if (const auto at = request.field(wire::Request::VT_AT))
        out.at_ms = bytes.template number<std::int64_t>(at);
    if (out.at_ms && (*out.at_ms < instant_ms_min || *out.at_ms > instant_ms_max)) return false;

    const auto body_at = request.field(wire::Request::VT_BODY);
    if (body_at == 0) return false;
    Table<Watch> body(bytes, bytes.follow(body_at));
    if (kind == wire::Body::close)
        body_of_kind<Close>(out).ticket = body.key(wire::Close::VT_TICKET);
    else
        read_route(bytes, body, properties, skills, body_of_kind<Route>(out));
    return !bytes.failed();
}

}  // namespace

bool read_directly(std::span<const std::byte> payload, std::span<Property> properties,
                   std::span<std::string_view> skills, Request& out) {
    return read_request(Bytes<Unwatched>(payload, {}), properties, skills, out);
}

bool read_directly(std::span<const std::byte> payload, std::span<Property> properties,
                   std::span<std::string_view> skills, Request& out,
                   std::span<std::uint8_t> looked_at) {
    return read_request(Bytes<Watched>(payload, {looked_at}), properties, skills, out);
}

}  // namespace usher::protocol
