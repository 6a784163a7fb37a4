// The checks of a request that need nothing but the request: lengths, UTF-8, control characters,
// ranges, counts, duplicates. They are looked at in the order in which docs/protocol.md lists the
// fields (account, at, the request's own, key) and the first complaint is the one that is made.
// The parser of frames and the reader of scenarios both end here, so that they refuse alike.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/request.h"

namespace usher::protocol {

// The years 0000 to 9999: what a date can be written for.
inline constexpr std::int64_t instant_ms_min = -62'167'219'200'000;
inline constexpr std::int64_t instant_ms_max = 253'402'300'799'999;

/// Why a request is refused with bad_field.
struct Complaint {
    std::string_view field;  ///< a literal, as docs/protocol.md spells it
    std::string message;     ///< "is longer than 64 bytes"

    /// "ticket: is longer than 64 bytes": the message of the refusal.
    std::string text() const;
};

/// `earlier` is a complaint of whoever read the request (a needed field that is missing, a word
/// or number that is none): it is the one that counts unless a field before its own is bad too.
/// On the right field it keeps its turn; nullptr: there is none.
std::optional<Complaint> validate(const Request& request, const Complaint* earlier = nullptr);

/// 1 to 64 bytes of UTF-8 without control characters; otherwise what is wrong ("is empty").
std::optional<std::string> key_complaint(std::string_view key);

/// UTF-8 (no surrogates, nothing overlong, nothing beyond U+10FFFF) without control characters
/// (U+0000–U+001F, U+007F–U+009F).
enum class TextFault { none, not_utf8, control_character };
TextFault check_text(std::string_view text);

}  // namespace usher::protocol
