#include "bench/micro/roster_engine.h"

#include <array>

#include "base/expect.h"
#include "bench/load/work.h"
#include "roster/submission.h"

namespace usher::bench {

RosteredEngine make_engine(std::uint32_t agents, engine::FactLog& log) {
    WorkOptions options;
    options.account = engine_account;
    options.agents = agents;
    const auto work = Work::plan(options);
    EXPECT(work.has_value());
    // A day is as long as anything is remembered: a bench that moves time along comes to a steady
    // state instead of growing for ever.
    auto roster = work->roster();
    const std::string_view after = "time_zone = \"UTC\"\n";
    const auto at = roster.find(after);
    EXPECT(at != std::string::npos);
    roster.insert(at + after.size(), "count_window_days = 1\nforget_closed_days = 1\n");

    RosteredEngine made;
    made.engine = std::make_unique<engine::Engine>();
    const std::array<usher::roster::SourceFile, 1> files = {{{"bench.toml", roster}}};
    protocol::Answer answer;
    usher::roster::submit(*made.engine, engine_account, files, {}, made.now, log, answer);
    EXPECT(answer.reject == protocol::Reject::none);
    return made;
}

}  // namespace usher::bench
