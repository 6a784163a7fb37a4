#include "clients/usherctl/why_explain.h"

#include "clients/usherctl/journal_replay.h"
#include "clients/usherctl/show.h"
#include "engine/fact_codec.h"
#include "engine/handlers.h"
#include "engine/holdings.h"
#include "engine/properties.h"

namespace usher::ctl {
namespace {

using namespace engine;

/// A ticket as the request described it that brought it.
class AskedRoute {
  public:
    AskedRoute(const Account& account, const Opened& opened) {
        const auto& d = account.definition;
        route_.ticket = opened.key;
        route_.channel = d.channels[opened.channel.value].key;
        if (const auto& pipeline = d.pipelines[opened.pipeline.value]; !pipeline.key.empty())
            route_.pipeline = pipeline.key;
        route_.type = opened.type;
        if (!opened.contact_owner.empty()) route_.contact_owner = opened.contact_owner;
        route_.contact_tracked = opened.contact_tracked;
        route_.priority = opened.priority;
        for_each_property(opened.properties, [&](std::string_view key, std::string_view value) {
            properties_.push_back({key, value});
        });
        for_each_number<SkillNo>(opened.asked_skills, [&](SkillNo skill) {
            skills_.push_back(d.skills[skill.value].key);
        });
        // More than a request can name: the channel's own came on top, and come so again.
        if (properties_.size() <= protocol::property_count_max) route_.properties = properties_;
        route_.skills = skills_;
    }
    AskedRoute(const AskedRoute&) = delete;
    AskedRoute& operator=(const AskedRoute&) = delete;

    const protocol::Route& route() const { return route_; }

  private:
    protocol::Route route_;
    std::vector<protocol::Property> properties_;
    std::vector<std::string_view> skills_;
};

class Explaining final : public journal::RecordSink {
  public:
    Explaining(Engine& engine, const TicketHistory& history, std::string_view ticket, bool json,
               bool colour, Explanations& out)
        : engine_(engine), ticket_(ticket), json_(json), colour_(colour), out_(out) {
        for (const auto& entry : history.entries)
            if (entry.award && entry.kind != fact_imported) wanted_[entry.seq] = &entry;
    }

    std::uint64_t last() const { return wanted_.empty() ? 0 : wanted_.rbegin()->first; }

    Result<void> record(std::uint64_t seq, Instant, std::span<const std::byte> bytes) override {
        if (seq > last()) return {};
        if (!decode_fact(bytes, fact_))
            return fault(ExitCode::data,
                         "record " + std::to_string(seq) + " is no fact that this version knows");
        if (wanted_.contains(seq)) explain(seq);
        if (auto applied = engine_.replay(fact_); !applied)
            return fault(ExitCode::data,
                         "record " + std::to_string(seq) + ": " + applied.error().message);
        return {};
    }

  private:
    static constexpr std::string_view fact_imported = "imported";

    void explain(std::uint64_t seq) {
        auto& account = *engine_.accounts()[fact_.account.value];
        // As apply() is about to do.
        account.now = std::max(account.now, fact_.at);
        expire_window(account, account.now);
        answer_.clear();
        Step step{account, account.now, fact_.cause, log_, answer_, scratch_};
        protocol::Explain asked;
        asked.page.limit = protocol::list_limit_max;
        if (const auto* opened = std::get_if<Opened>(&fact_.body)) {
            const AskedRoute as_asked(account, *opened);
            asked.route = as_asked.route();
            carry_out(step, asked);
        } else {
            asked.route.ticket = ticket_;
            carry_out(step, asked);
        }
        answer_.at_ms = fact_.at.ms;
        const scenario::Heading heading{"explain", ticket_, {}};
        auto& text = out_.by_seq[seq];
        if (json_)
            scenario::append_json(text, heading, answer_);
        else
            append_answer(text, heading, answer_, colour_);
    }

    Engine& engine_;
    std::string_view ticket_;
    bool json_, colour_;
    Explanations& out_;
    std::map<std::uint64_t, const TicketEntry*> wanted_;
    Fact fact_;
    NoLog log_;
    Scratch scratch_;
    protocol::Answer answer_;
};

}  // namespace

Result<Explanations> explain_then(journal::Disk& disk, const journal::DirectoryView& view,
                                  const TicketHistory& history, std::string_view ticket, bool json,
                                  bool colour) {
    const auto fd = view.open_shard(history.shard);
    if (!fd) return fd.error();
    const auto name = view.shard_name(history.shard);
    const auto identity = view.identity(history.shard);
    Explanations explanations;
    Engine engine;
    std::uint64_t begin = 0;
    if (history.first_seq > 1) {
        auto snapshots = snapshots_of(disk, fd->get(), name, identity);
        if (!snapshots) return snapshots.error();
        if (snapshots->empty()) return explanations;
        if (auto loaded = load(snapshots->front(), engine); !loaded) return loaded.error();
        begin = snapshots->front().seq();
    }
    explanations.states_from = begin + 1;
    Explaining explaining(engine, history, ticket, json, colour, explanations);
    const auto recovered = journal::recover(disk, fd->get(), name, identity, begin, explaining);
    if (!recovered) return recovered.error();
    return explanations;
}

}  // namespace usher::ctl
