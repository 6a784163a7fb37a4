// Any bytes as a request: parsed or refused, the second time by its shape; what was parsed survives
// being written and parsed.
#include <cstdlib>

#include "protocol/encode.h"
#include "protocol/frame.h"
#include "protocol/parse.h"
#include "tests/fuzz/acceptance.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace usher::protocol;
    using usher::fuzzing::acceptance;
    static RequestShapes shapes;
    static RequestParser parser(shapes), again;
    static RequestWriter writer;
    static AlignedPayload aligned;
    acceptance.tried();
    const auto bytes = usher::fuzzing::bytes_of(data, size);
    const auto payload = aligned.of(bytes);
    const auto parsed = parser.parse(payload);
    // What the short ways take, the long way must take.
    if (parsed && !again.parse_the_long_way(payload)) std::abort();
    const auto before = parsed ? parsed.request->body.index() : 0;
    const auto once_more = parser.parse(payload);
    if (static_cast<bool>(once_more) != static_cast<bool>(parsed)) std::abort();
    if (parsed && once_more.request->body.index() != before) std::abort();
    if (!parsed) {
        if (parsed.reject == Reject::none || parsed.message.empty()) std::abort();
        return 0;
    }
    const auto frame = writer.frame(1, *parsed.request);
    const auto second = again.parse(frame.subspan(header_bytes));
    if (!second || second.request->body.index() != parsed.request->body.index()) std::abort();
    acceptance.accepted(bytes);
    return 0;
}
