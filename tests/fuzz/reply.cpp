// Any bytes as a reply, as a client would get them from a server gone mad.
#include <cstdlib>

#include "protocol/encode.h"
#include "protocol/frame.h"
#include "protocol/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace usher::protocol;
    static ReplyParser parser;
    const auto parsed = parser.parse({reinterpret_cast<const std::byte*>(data), size});
    if (!parsed && parsed.message.empty()) std::abort();
    return 0;
}
