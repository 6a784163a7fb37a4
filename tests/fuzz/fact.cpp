// Facts as a journal would give them back: whatever the bytes are, a fact is decoded or refused,
// and what was decoded is encoded to the same bytes again.
#include <cstdlib>
#include <vector>

#include "engine/fact_codec.h"
#include "tests/fuzz/acceptance.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace usher;
    fuzzing::acceptance.tried();
    const auto bytes = fuzzing::bytes_of(data, size);
    engine::Fact fact;
    if (!engine::decode_fact(bytes, fact)) return 0;
    std::vector<std::byte> again;
    engine::encode_fact(fact, again);
    engine::Fact second;
    if (!engine::decode_fact(again, second) || second.at != fact.at) std::abort();
    std::vector<std::byte> third;
    engine::encode_fact(second, third);
    if (third != again || again.size() != bytes.size()) std::abort();
    fuzzing::acceptance.accepted(bytes);
    return 0;
}
