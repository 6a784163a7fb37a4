// Cases against a daemon: the roster's account and its references get a name of the case's own, so
// that cases do not meet.
#include <algorithm>

#include "clients/cpp/connection.h"
#include "clients/scenario/answer_line.h"
#include "clients/scenario/file_text.h"
#include "clients/usherctl/roster_upload.h"
#include "tests/cases/conformance_case.h"

namespace usher::cases {
namespace {

using client::Connection;
using client::within;
using namespace std::chrono_literals;

constexpr auto patience = 10s;

/// Where the value of [account]'s key stands in a roster's text, quotes included; npos: nowhere.
struct KeyPlace {
    std::size_t at = std::string::npos;
    std::size_t size = 0;
};

KeyPlace account_key_of(std::string_view roster) {
    bool inside = false;
    for (std::size_t begin = 0; begin < roster.size();) {
        const auto end = std::min(roster.find('\n', begin), roster.size());
        const auto line = roster.substr(begin, end - begin);
        const auto first = std::min(line.find_first_not_of(" \t"), line.size());
        const auto words = line.substr(first);
        if (words.starts_with('[')) inside = words.starts_with("[account]");
        const auto open = words.find('"');
        if (inside && words.starts_with("key") && open != std::string_view::npos) {
            const auto close = words.find('"', open + 1);
            if (close != std::string_view::npos) return {begin + first + open, close - open + 1};
        }
        begin = end + 1;
    }
    return {};
}

/// The text with the account's key `from` replaced; another account's roster stays as it is.
std::string with_account(std::string roster, std::string_view from, const std::string& to) {
    const auto place = account_key_of(roster);
    if (place.at == std::string::npos) return roster;
    if (std::string_view(roster).substr(place.at, place.size) != from) return roster;
    return roster.replace(place.at, place.size, "\"" + to + "\"");
}

class LiveAnswerer : public Answerer {
  public:
    LiveAnswerer(Connection& connection, std::string account, std::filesystem::path folder)
        : connection_(connection),
          account_(std::move(account)),
          folder_(std::move(folder)),
          reader_(account_, true) {}

    Result<const protocol::Answer*> apply(const scenario::Line& line,
                                          const std::vector<std::string>& files) {
        auto texts = scenario::named_texts(folder_, files);
        if (!texts) {
            local_ = scenario::unreadable_roster(texts.error(), *line.at_ms);
            return &local_;
        }
        if (original_.empty()) {
            const auto place = account_key_of(texts->front().text);
            if (place.size != 0) original_ = texts->front().text.substr(place.at, place.size);
        }
        for (auto& file : *texts)
            file.text = with_account(std::move(file.text), original_, account_);
        return ctl::upload_roster(connection_, line.request, *texts, patience);
    }

    Result<std::string> answer(const NumberedLine& text) override {
        auto& line = reader_.read(text.text, text.number);
        if (line.wrong.empty() && first_) {
            first_ = false;
            auto begun = begin(line);
            if (!begun) return begun.error();
        }
        std::string shown;
        if (!line.wrong.empty()) {
            scenario::append_json(shown, line.heading, line.refusal());
            return shown;
        }
        const auto answer = line.apply ? apply(line, line.apply->files)
                                       : connection_.call(line.request, within(patience));
        if (!answer) return answer.error();
        scenario::append_json(shown, line.heading, **answer);
        return shown;
    }

  private:
    Result<void> begin(const scenario::Line& first) {
        scenario::Line line;
        line.at_ms = first.at_ms;
        line.request.account = account_;
        line.request.at_ms = first.at_ms;
        line.request.body = protocol::ApplyCommit{};
        const auto answer = apply(line, {"roster.toml"});
        if (!answer) return answer.error();
        if ((*answer)->reject == protocol::Reject::none) return {};
        std::string shown;
        scenario::append_text(shown, {"apply", {}, {}}, **answer);
        return fault(ExitCode::data, "its roster is refused: " + shown);
    }

    Connection& connection_;
    std::string account_;
    std::filesystem::path folder_;
    std::string original_;  ///< the account's key as the case's roster writes it, quoted
    scenario::LineReader reader_;
    protocol::Answer local_;
    bool first_ = true;
};

class LiveStage : public Stage {
  public:
    LiveStage(std::unique_ptr<Connection> connection, std::string prefix)
        : connection_(std::move(connection)), prefix_(std::move(prefix)) {}

    Result<std::unique_ptr<Answerer>> set(const Case& c) override {
        return std::unique_ptr<Answerer>(
            std::make_unique<LiveAnswerer>(*connection_, prefix_ + c.name, c.folder));
    }

  private:
    std::unique_ptr<Connection> connection_;
    std::string prefix_;
};

}  // namespace

Result<std::unique_ptr<Stage>> live_stage(const std::string& endpoint, const std::string& prefix) {
    auto connection = Connection::open(endpoint, within(patience), "usher-cases");
    if (!connection) return connection.error();
    if ((*connection)->hello().clock != "trace") {
        return fault(ExitCode::usage, "the daemon's clock is " + (*connection)->hello().clock +
                                          ": cases need one under --clock trace");
    }
    return std::unique_ptr<Stage>(std::make_unique<LiveStage>(std::move(*connection), prefix));
}

}  // namespace usher::cases
