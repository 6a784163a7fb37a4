// fuzz_seeds GOLDEN CASES ROSTERS CONFIG OUT: what each fuzzer begins with, made from what the
// repository holds anyway: the golden frames, the cases (their rosters, and the facts and states
// that their scenarios lead to), the refused rosters, the configuration that ships. OUT/NAME/… is
// for the fuzzer fuzz_NAME.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "clients/scenario/request_line.h"
#include "engine/engine.h"
#include "engine/fact_codec.h"
#include "engine/image.h"
#include "protocol/frame.h"
#include "roster/roster.h"

namespace {

namespace fs = std::filesystem;
using namespace usher;

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        std::fprintf(stderr, "%s cannot be read\n", path.c_str());
        std::exit(1);
    }
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Numbered files in a folder for each fuzzer.
class Seeds {
  public:
    explicit Seeds(fs::path root) : root_(std::move(root)) {}

    void add(const char* fuzzer, std::string_view content) {
        const auto folder = root_ / fuzzer;
        fs::create_directories(folder);
        std::ofstream out(folder / (std::to_string(++count_) + ".seed"), std::ios::binary);
        out.write(content.data(), static_cast<std::streamsize>(content.size()));
    }
    void add(const char* fuzzer, std::span<const std::byte> content) {
        add(fuzzer,
            std::string_view{reinterpret_cast<const char*>(content.data()), content.size()});
    }

  private:
    fs::path root_;
    unsigned count_ = 0;
};

/// Hexadecimal digits; `#` to the end of the line is a comment.
std::string from_hex(const std::string& text) {
    std::string bytes;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line.substr(0, line.find('#')));
        for (std::string word; words >> word;)
            bytes.push_back(static_cast<char>(std::stoul(word, nullptr, 16)));
    }
    return bytes;
}

void golden_frames(const fs::path& golden, Seeds& seeds) {
    for (const auto& entry : fs::directory_iterator(golden / "wire")) {
        const auto frame = from_hex(read(entry.path()));
        seeds.add("frame", std::string(1, '\0') + frame);
        seeds.add("frame", std::string(1, '\1') + frame);
        const auto name = entry.path().filename().string();
        if (name.starts_with("batch_")) continue;
        const bool request = name.starts_with("request_");
        seeds.add(request ? "request" : "reply", frame.substr(protocol::header_bytes));
    }
}

/// One edit each in the roster and in a ticket (image.cpp); whole images come from the cases.
void image_edits(Seeds& seeds) {
    for (const std::string edit : {"", "\x40\x01\x01\x01\x01\x01", "\x10\x04\x05\x01\x01\x01"})
        seeds.add("image", "\1" + edit);
}

void golden_journal(const fs::path& golden, Seeds& seeds) {
    for (const auto& entry : fs::directory_iterator(golden / "journal/v1/shard-00/journal"))
        seeds.add("journal", std::string(1, '\0') + read(entry.path()));
    // No edit, and one edit each in the header, in a batch and in the watermark (journal.cpp).
    for (const std::string edit : {"", "\x30\x01\x01", "\x20\x10\x01", "\x10\x80\x01"}) {
        seeds.add("journal", "\1" + edit);
        seeds.add("journal", "\2" + edit);
    }
}

class SeedLog final : public engine::FactLog {
  public:
    explicit SeedLog(Seeds& seeds) : seeds_(seeds) {}
    void append(const engine::Fact& fact) override {
        std::vector<std::byte> bytes;
        engine::encode_fact(fact, bytes);
        seeds_.add("fact", bytes);
    }

  private:
    Seeds& seeds_;
};

void play(const engine::AccountDefinition& roster, const std::string& scenario, Seeds& seeds) {
    engine::Engine engine;
    SeedLog log(seeds);
    protocol::Answer answer;
    scenario::LineReader reader(roster.key, true);
    std::istringstream lines(scenario);
    std::uint64_t number = 0;
    for (std::string text; std::getline(lines, text);) {
        auto& line = reader.read(text, ++number);
        if (!line.wrong.empty() || line.apply) continue;
        const Instant at{*line.at_ms};
        if (engine.account_count() == 0)
            engine.apply_roster(roster.key, roster, {}, at, log, answer);
        engine.handle(line.request, at, log, answer);
    }
    std::vector<std::byte> image{std::byte{0}};
    const auto saved = engine::save_image(engine, [&](std::span<const std::byte> piece) {
        image.insert(image.end(), piece.begin(), piece.end());
        return Result<void>{};
    });
    if (saved) seeds.add("image", image);
}

void cases(const fs::path& folder, Seeds& seeds) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (!fs::exists(entry.path() / "roster.toml")) continue;
        const auto text = read(entry.path() / "roster.toml");
        seeds.add("roster", text);
        const roster::SourceFile file{"roster.toml", text};
        const auto parsed = roster::parse({&file, 1});
        if (parsed.definition && fs::exists(entry.path() / "scenario.jsonl"))
            play(*parsed.definition, read(entry.path() / "scenario.jsonl"), seeds);
    }
}

/// A file of refusals (tests/roster/refusals_test.cpp) holds many small rosters.
void refused(const std::string& file, Seeds& seeds) {
    std::string roster;
    std::istringstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("## ") && !roster.empty())
            seeds.add("roster", std::exchange(roster, {}));
        if (!line.starts_with("## ") && !line.starts_with("=> ")) roster += line + "\n";
    }
    seeds.add("roster", roster);
}

/// As it is, and with what it only mentions switched on.
void configuration(const std::string& file, Seeds& seeds) {
    seeds.add("config", file);
    std::string all;
    std::istringstream lines(file);
    for (std::string line; std::getline(lines, line);)
        all += line.substr(line.starts_with("# ") && line.find(" = ") < 32 ? 2 : 0) + "\n";
    seeds.add("config", all);
}

}  // namespace

int main(int count, char** words) {
    if (count != 6) {
        std::fprintf(stderr, "fuzz_seeds GOLDEN CASES ROSTERS CONFIG OUT\n");
        return 2;
    }
    Seeds seeds(words[5]);
    golden_frames(words[1], seeds);
    golden_journal(words[1], seeds);
    image_edits(seeds);
    cases(words[2], seeds);
    for (const auto& entry : fs::directory_iterator(words[3]))
        if (entry.is_regular_file()) refused(read(entry.path()), seeds);
    configuration(read(words[4]), seeds);
    return 0;
}
