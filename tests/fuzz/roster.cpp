// Any bytes as a roster: it is read or refused, never more than that. What is read must come
// through its own comparison unchanged, and every problem must have a place and words. The input
// is cut at NUL bytes into files, so that rosters of several files are tried too.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/expect.h"
#include "roster/roster.h"
#include "roster/text.h"
#include "tests/fuzz/acceptance.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace usher::roster;
    usher::fuzzing::acceptance.tried();
    std::string_view left{reinterpret_cast<const char*>(bytes), size};
    std::vector<SourceFile> files;
    while (files.size() < 4) {
        const auto end = left.find('\0');
        files.push_back({"file" + std::to_string(files.size()), left.substr(0, end)});
        if (end == std::string_view::npos) break;
        left.remove_prefix(end + 1);
    }
    const auto parsed = parse(files);
    bool error = false;
    for (const auto& problem : parsed.problems) {
        error = error || !problem.warning;
        EXPECT(problem.line >= 1 && problem.column >= 1);
        EXPECT(!problem.message.empty() && !problem.hint.empty());
        EXPECT(is_utf8(problem.message) && is_utf8(problem.hint));
    }
    EXPECT(parsed.problems.size() <= problems_max + 1);
    EXPECT(parsed.definition.has_value() == !error);
    if (!parsed.definition) return 0;
    EXPECT(diff(&*parsed.definition, *parsed.definition).lines.empty());
    EXPECT(diff(nullptr, *parsed.definition).added >= 1);
    usher::fuzzing::acceptance.accepted(usher::fuzzing::bytes_of(bytes, size));
    return 0;
}
