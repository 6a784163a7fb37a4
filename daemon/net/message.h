// What one core writes to another: all that one turn has for it, in one message. A message belongs
// to the core that filled it (its home) and goes back there empty, with its memory, so that a warm
// daemon allocates none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "shard/shard.h"

namespace usher::net {

enum class LetterKind : std::uint8_t {
    request,       ///< payload of a request frame, for a shard of the reader
    roster,        ///< likewise of apply_commit; the text is the next of `rosters`
    reply,         ///< a whole reply frame, for a session of the reader
    ask_status,    ///< of all shards of the reader
    status_lines,  ///< the answer: entries, for a gathering of the reader
};

struct Letter {
    LetterKind kind = LetterKind::request;
    std::uint32_t shard = 0;
    std::uint64_t session = 0;
    std::uint64_t correlation = 0;
    std::size_t begin = 0;  ///< in the message's bytes, a multiple of 16
    std::size_t size = 0;
};

struct Message {
    static constexpr std::size_t alignment = 16;
    static constexpr std::size_t kept_bytes_max = 1u << 20;

    std::uint32_t home = 0;
    std::uint32_t reader = 0;
    std::vector<Letter> letters;
    std::vector<std::byte> bytes;
    std::vector<std::unique_ptr<shard::RosterText>> rosters;

    /// `letter.begin` and `size` are filled in.
    void add(Letter letter, std::span<const std::byte> content) {
        letter.begin = (bytes.size() + alignment - 1) / alignment * alignment;
        letter.size = content.size();
        bytes.resize(letter.begin + content.size());
        if (!content.empty())
            std::memcpy(bytes.data() + letter.begin, content.data(), content.size());
        letters.push_back(letter);
    }

    std::span<const std::byte> content(const Letter& letter) const {
        return std::span(bytes).subspan(letter.begin, letter.size);
    }

    /// Keeps the memory, unless a large roster or list has blown it up.
    void clear() {
        letters.clear();
        rosters.clear();
        bytes.clear();
        if (bytes.capacity() > kept_bytes_max) bytes.shrink_to_fit();
    }
};

}  // namespace usher::net
