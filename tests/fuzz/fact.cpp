// Facts as a journal would give them back: whatever the bytes are, a fact is decoded or refused,
// and what was decoded is encoded to the same bytes again.
#include <cstdlib>
#include <vector>

#include "engine/fact_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span bytes{reinterpret_cast<const std::byte*>(data), size};
    usher::engine::Fact fact;
    if (!usher::engine::decode_fact(bytes, fact)) return 0;
    std::vector<std::byte> again;
    usher::engine::encode_fact(fact, again);
    usher::engine::Fact second;
    if (!usher::engine::decode_fact(again, second) || second.at != fact.at) std::abort();
    return 0;
}
