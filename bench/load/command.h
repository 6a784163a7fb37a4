// `usher-bench load`: connects to one or several servers, gives each a roster, loads them in turn
// and reports. A wrong reply is a failure of the run.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/load/contestant.h"
#include "bench/load/report.h"
#include "bench/load/talk.h"
#include "bench/load/work.h"

namespace usher::bench {

class LoadCommand {
  public:
    CLI::App* declare(CLI::App& app);

    /// True: every reply was right.
    Result<bool> run();

  private:
    struct Server {
        Endpoint endpoint;
        bool floor = false;
        std::optional<Talk> talk;  ///< not of a floor
        std::map<std::string, std::int64_t> figures;
    };

    void declare_load(CLI::App& load);
    void declare_work(CLI::App& load);
    Result<std::vector<Server>> reach_servers() const;
    Result<std::vector<std::unique_ptr<Contestant>>> connect(
        const std::vector<Server>& servers) const;
    Result<std::uint32_t> in_flight_max(const Server& server) const;
    Result<std::uint32_t> batch_of(const Server& server, std::size_t place) const;
    WindowPlan window_plan(double seconds) const;
    Result<bool> compare(std::vector<Server>& servers, Work& work) const;
    Result<bool> show_sizes(std::vector<Server>& servers, Work& work) const;
    Result<void> note_figures(std::vector<Server>& servers) const;
    Result<std::vector<FigureChanges>> figure_changes(std::vector<Server>& servers) const;
    std::string mode_text() const;

    std::vector<std::string> endpoints_;  ///< the first is the one that ratios are to
    std::vector<std::string> against_;
    std::vector<std::string> floors_;
    std::uint32_t connections_ = 32;
    std::uint32_t depth_ = 16;
    std::vector<std::uint32_t> batches_;  ///< none: 1; one: of all servers; else by server
    std::string mode_ = "open";
    std::uint64_t rate_ = 10'000;
    double seconds_ = 1;
    double warm_up_ = 0.5;
    std::uint32_t windows_ = 5;
    std::uint64_t requests_ = 0;
    std::vector<int> server_pids_;
    std::optional<unsigned> cpu_;
    bool json_ = false;
    bool sizes_ = false;
    bool figures_ = false;
    WorkOptions work_;
};

}  // namespace usher::bench
