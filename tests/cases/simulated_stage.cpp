#include "clients/scenario/answer_line.h"
#include "clients/usherctl/simulation.h"
#include "tests/cases/conformance_case.h"

namespace usher::cases {
namespace {

class SimulatedAnswerer : public Answerer {
  public:
    SimulatedAnswerer(engine::AccountDefinition roster, const std::filesystem::path& folder)
        : simulation_(std::move(roster), folder) {}

    Result<std::string> answer(const NumberedLine& line) override {
        const auto exchange = simulation_.take(line.text, line.number);
        std::string answer;
        scenario::append_json(answer, exchange.heading, exchange.answer);
        return answer;
    }

  private:
    scenario::Simulation simulation_;
};

class SimulatedStage : public Stage {
  public:
    Result<std::unique_ptr<Answerer>> set(const Case& c) override {
        auto roster = scenario::read_roster({(c.folder / "roster.toml").string()});
        if (!roster) return roster.error();
        if (!roster->definition) {
            std::string text = "its roster is refused";
            for (const auto& problem : roster->problems) {
                if (problem.warning) continue;
                text += "\n    " + problem.file + ":" + std::to_string(problem.line) + ":" +
                        std::to_string(problem.column) + ": " + problem.message + " " +
                        problem.hint;
            }
            return fault(ExitCode::data, text);
        }
        return std::unique_ptr<Answerer>(
            std::make_unique<SimulatedAnswerer>(std::move(*roster->definition), c.folder));
    }
};

}  // namespace

std::unique_ptr<Stage> simulated_stage() {
    return std::make_unique<SimulatedStage>();
}

}  // namespace usher::cases
