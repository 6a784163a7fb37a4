// Any bytes as a reply, as a client would get them from a server gone mad. What was parsed survives
// being written and parsed.
#include <cstdlib>

#include "protocol/encode.h"
#include "protocol/frame.h"
#include "protocol/parse.h"
#include "tests/fuzz/acceptance.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace usher;
    using namespace usher::protocol;
    static ReplyParser parser, again;
    static ReplyWriter writer;
    fuzzing::acceptance.tried();
    const auto bytes = fuzzing::bytes_of(data, size);
    const auto parsed = parser.parse(bytes);
    if (!parsed) {
        if (parsed.message.empty()) std::abort();
        return 0;
    }
    const auto frame = writer.frame(1, *parsed.answer);
    const auto second = again.parse(frame.subspan(header_bytes));
    if (!second || second.answer->reject != parsed.answer->reject ||
        second.answer->outcome() != parsed.answer->outcome())
        std::abort();
    fuzzing::acceptance.accepted(bytes);
    return 0;
}
