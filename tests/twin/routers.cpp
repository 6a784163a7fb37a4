#include "tests/twin/routers.h"

#include <stdlib.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "clients/scenario/answer_line.h"
#include "clients/usherctl/simulation.h"

namespace usher::twin {
namespace {

namespace json = boost::json;

/// A folder that goes when its owner goes.
class Folder {
  public:
    Folder() {
        std::string pattern = std::filesystem::temp_directory_path() / "usher-twin-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr)
            throw std::runtime_error("cannot make a folder like " + pattern);
        path_ = pattern;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    void write(const std::string& name, const std::string& text) {
        std::ofstream(path_ / name, std::ios::binary) << text;
    }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

engine::AccountDefinition definition_of(const History& history) {
    const roster::SourceFile file{"roster.toml", history.roster};
    auto parsed = roster::parse({&file, 1});
    if (parsed.definition) return std::move(*parsed.definition);
    std::string why = "the invented roster is refused";
    for (const auto& problem : parsed.problems)
        if (!problem.warning)
            why += "\n  line " + std::to_string(problem.line) + ": " + problem.message;
    throw std::runtime_error(why + "\n" + history.roster);
}

class EngineRouter final : public Router {
  public:
    explicit EngineRouter(const History& history)
        : simulation_(definition_of(history), folder_.path()) {
        for (const auto& [name, text] : history.files) folder_.write(name, text);
    }

    json::object answer(const json::object& line) override {
        const auto exchange = simulation_.take(json::serialize(line), 0);
        std::string text;
        scenario::append_json(text, exchange.heading, exchange.answer);
        return json::parse(text).as_object();
    }

  private:
    Folder folder_;
    scenario::Simulation simulation_;
};

class TwinRouter final : public Router {
  public:
    TwinRouter(const History& history, Features features, std::string_view plant)
        : twin_(
              history.roster, features,
              [files = history.files](const std::string& path) {
                  for (const auto& [name, text] : files)
                      if (name == path) return text;
                  throw std::runtime_error("no such roster: " + path);
              },
              plant) {}

    json::object answer(const json::object& line) override { return twin_.answer(line); }

  private:
    Twin twin_;
};

}  // namespace

Features features_of_this_release() {
    return {true};
}

MakeRouter engine_router() {
    return [](const History& history) { return std::make_unique<EngineRouter>(history); };
}

MakeRouter twin_router(Features features, std::string_view plant) {
    return [features, name = std::string(plant)](const History& history) {
        return std::make_unique<TwinRouter>(history, features, name);
    };
}

}  // namespace usher::twin
