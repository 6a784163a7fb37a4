#include "clients/usherctl/traffic.h"

#include "clients/usherctl/roster_upload.h"

namespace usher::ctl {

std::filesystem::path folder_of(const std::string& scenario_path) {
    if (scenario_path.empty() || scenario_path == "-") return {};
    return std::filesystem::path(scenario_path).parent_path();
}

Exit ended(std::uint64_t broken_lines, Output& output) {
    if (const auto written = output.finish(); !written) return fail(written.error());
    if (broken_lines == 0) return Exit::done;
    return fail(Exit::corrupt, std::to_string(broken_lines) +
                                   (broken_lines == 1 ? " line is" : " lines are") +
                                   " no JSON object; the answers say which");
}

Traffic::Opened Traffic::open(const Globals& globals, Options options,
                              const std::string& scenario_path, const std::string& out) {
    if (const auto exit = need_account(globals); exit != Exit::done) return {nullptr, exit};
    std::vector<std::unique_ptr<client::Connection>> connections;
    bool trace_clock = false;
    for (std::uint32_t i = 0; i < options.connections; ++i) {
        auto session = connect(globals);
        if (!session) return {nullptr, session.exit};
        trace_clock = session.trace_clock();
        connections.push_back(std::move(session.connection));
    }
    if (trace_clock && options.connections > 1) {
        return {nullptr,
                fail(Exit::usage,
                     "this daemon is under the trace clock, which never runs backwards: only one "
                     "connection keeps the lines in order (--connections 1)")};
    }
    // Last, so that nothing is overwritten when there is no daemon.
    auto output = Output::open(out);
    if (!output) return {nullptr, fail(output.error())};
    return {
        std::unique_ptr<Traffic>(new Traffic(globals, trace_clock, folder_of(scenario_path),
                                             std::move(connections), options, std::move(*output))),
        Exit::done};
}

Traffic::Traffic(const Globals& globals, bool trace_clock, std::filesystem::path folder,
                 std::vector<std::unique_ptr<client::Connection>> connections, Options options,
                 Output output)
    : patience_(globals.timeout()),
      folder_(std::move(folder)),
      reader_(globals.account, trace_clock),
      clock_reader_(globals.account, true),
      output_(std::move(output)),
      pipeline_(std::move(connections), {options.depth, globals.timeout(), globals.json}, output_) {
}

Result<void> Traffic::take(std::string_view text, std::uint64_t number,
                           std::optional<Pipeline::Clock::time_point> due) {
    const auto& line = reader_.read(text, number);
    if (!line.wrong.empty()) {
        if (line.broken) ++broken_lines_;
        pipeline_.answer(line.heading, line.refusal());
        return {};
    }
    if (line.apply) return apply(line);
    return pipeline_.send(line, due);
}

Result<void> Traffic::apply(const scenario::Line& line) {
    const auto texts = scenario::named_texts(folder_, line.apply->files);
    if (!texts) {
        pipeline_.answer(line.heading,
                         scenario::unreadable_roster(texts.error(), line.at_ms.value_or(0)));
        return {};
    }
    if (auto drained = pipeline_.drain(); !drained) return drained;
    const auto answer = upload_roster(pipeline_.connection(), line.request, *texts, patience_);
    if (!answer) return answer.error();
    pipeline_.answer(line.heading, **answer);
    return {};
}

std::optional<std::int64_t> Traffic::at_of(std::string_view text) {
    return clock_reader_.read(text, 0).at_ms;
}

}  // namespace usher::ctl
