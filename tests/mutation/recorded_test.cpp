// The fixed histories of the twin, with the twin's answers read from a file: the twin is the same
// for every mutation, so it answers once. USHER_RECORDING names the file, which is written if it is
// not there; without it the twin answers live.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/twin/routers.h"

namespace usher::twin {
namespace {

constexpr std::size_t history_steps = 250;
constexpr std::size_t fixed_histories = 80;

/// Passes on what another one answers, and writes it down.
class Recorder final : public Router {
  public:
    Recorder(std::unique_ptr<Router> router, std::ostream& to)
        : router_(std::move(router)), to_(to) {}
    boost::json::object answer(const boost::json::object& line) override {
        auto result = router_->answer(line);
        to_ << boost::json::serialize(result) << '\n';
        return result;
    }

  private:
    std::unique_ptr<Router> router_;
    std::ostream& to_;
};

/// Answers what was written down, line by line.
class Recording final : public Router {
  public:
    explicit Recording(std::istream& from) : from_(from) {}
    boost::json::object answer(const boost::json::object&) override {
        std::string line;
        if (!std::getline(from_, line)) throw std::runtime_error("the recording ends too early");
        return boost::json::parse(line).as_object();
    }

  private:
    std::istream& from_;
};

void expect_agreement(const MakeRouter& twin) {
    const auto engine = engine_router();
    for (std::uint64_t seed = 1; seed <= fixed_histories; ++seed) {
        const auto mismatch = compare(invent_history(seed, history_steps), twin, engine);
        ASSERT_FALSE(mismatch) << "seed " << seed << ", step " << mismatch->step << ": "
                               << mismatch->line << "\n  twin:   " << mismatch->expected
                               << "\n  engine: " << mismatch->got;
    }
}

TEST(Recorded, TheEngineAnswersAsTheTwinDid) {
    const auto twin = twin_router(features_of_this_release());
    const char* path = std::getenv("USHER_RECORDING");
    if (path == nullptr) return expect_agreement(twin);
    if (std::filesystem::exists(path)) {
        std::ifstream in(path);
        return expect_agreement([&](const History&) { return std::make_unique<Recording>(in); });
    }
    {
        std::ofstream out(std::string(path) + ".new");
        expect_agreement(
            [&](const History& history) { return std::make_unique<Recorder>(twin(history), out); });
    }
    if (!HasFatalFailure()) std::filesystem::rename(std::string(path) + ".new", path);
}

}  // namespace
}  // namespace usher::twin
