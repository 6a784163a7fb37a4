#include "tests/year/year_text.h"

#include "clients/scenario/file_text.h"
#include "clients/scenario/line_source.h"
#include "clients/scenario/request_line.h"

namespace usher::year {
namespace {

/// `addition` behind each line that is `line`.
std::string behind_each(std::string text, const std::string& line, const std::string& addition) {
    for (auto at = text.find(line); at != std::string::npos; at = text.find(line, at)) {
        at += line.size();
        text.insert(at, addition);
        at += addition.size();
    }
    return text;
}

}  // namespace

Result<YearText> read_year(const std::filesystem::path& folder, std::size_t lines_max) {
    YearText year;
    const auto roster = scenario::named_texts(folder, {"roster.toml"});
    if (!roster) return roster.error();
    year.roster = roster->front().text;
    auto path = folder / "scenario.jsonl";
    if (!std::filesystem::exists(path)) path += ".gz";
    auto source = scenario::LineSource::open(path.string());
    if (!source) return source.error();
    while (year.lines.size() < lines_max) {
        const auto line = source->next();
        if (!line) return line.error();
        if (!*line) break;
        if (!scenario::says_nothing(**line)) year.lines.emplace_back(**line);
    }
    return year;
}

std::string with_queues(std::string roster) {
    return behind_each(std::move(roster), "assign_to = \"users_and_teams\"\n", "queue = true\n");
}

std::string with_limits(std::string roster, unsigned total) {
    return behind_each(std::move(roster), "[[agent]]\n",
                       "capacity = { total = " + std::to_string(total) + " }\n");
}

}  // namespace usher::year
