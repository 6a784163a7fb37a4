#include "bench/load/work.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <numeric>

#include "base/expect.h"
#include "bench/trace/random.h"
#include "protocol/encode.h"
#include "protocol/frame.h"

namespace usher::bench {

namespace {

constexpr std::size_t run_bytes = 6;
constexpr std::size_t route_stencils = 256;
constexpr std::string_view digits32 = "0123456789abcdefghijklmnopqrstuv";
constexpr std::string_view placeholder = "______________##";
constexpr std::array<std::string_view, verb_count> names = {"route", "get_ticket", "transfer",
                                                            "close", "reopen"};
static_assert(placeholder.size() == ticket_key_bytes);

/// Different for runs that begin at least ten milliseconds and less than four months apart.
std::string name_of_this_run() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    auto number = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(now).count() / 10);
    std::string name(run_bytes, '0');
    for (auto& digit : name) {
        digit = digits32[number % 32];
        number /= 32;
    }
    return name;
}

/// Keys of one length, so that every route has the same size.
std::string skill_key(std::uint32_t skill) {
    auto number = std::to_string(skill);
    return "skill-" + std::string(3 - std::min<std::size_t>(3, number.size()), '0') + number;
}

/// Every step must be one that the state before it allows: then its outcome is known.
Result<std::vector<Verb>> parse_mix(const std::string& text) {
    std::vector<Verb> mix;
    bool open = false;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        const auto word = std::string_view(text).substr(begin, end - begin);
        begin = end + 1;
        const auto found = std::ranges::find(names, word);
        if (found == names.end())
            return fault(ExitCode::usage, "unknown verb '" + std::string(word) +
                                              "' in the mix (there are route, get_ticket, "
                                              "transfer, close, reopen)");
        const auto verb = static_cast<Verb>(found - names.begin());
        if ((verb == Verb::route) != mix.empty())
            return fault(ExitCode::usage, "a mix begins with route and has one of it");
        if ((verb == Verb::close || verb == Verb::transfer) && !open)
            return fault(ExitCode::usage,
                         "the mix has " + std::string(word) + " of a closed ticket");
        if (verb == Verb::reopen && open)
            return fault(ExitCode::usage, "the mix has reopen of an open ticket");
        if (verb == Verb::close) open = false;
        if (verb == Verb::route || verb == Verb::reopen) open = true;
        mix.push_back(verb);
    }
    return mix;
}

protocol::Body body_of(Verb verb, protocol::Keys skills) {
    switch (verb) {
        case Verb::route: {
            protocol::Route route;
            route.ticket = placeholder;
            route.channel = "mail";
            route.skills = skills;
            return route;
        }
        case Verb::get_ticket:
            return protocol::GetTicket{placeholder};
        case Verb::transfer:
            return protocol::Transfer{placeholder, "mail"};
        case Verb::close:
            return protocol::Close{placeholder};
        case Verb::reopen:
            return protocol::Reopen{placeholder};
    }
    expectation_failed("a verb of the mix", __FILE__, __LINE__);
}

Stencil make_stencil(protocol::RequestWriter& writer, const std::string& account, Verb verb,
                     protocol::Keys skills) {
    protocol::Request request;
    request.account = account;
    request.body = body_of(verb, skills);
    const auto frame = writer.frame(0, request);
    const std::string_view text{reinterpret_cast<const char*>(frame.data()), frame.size()};
    const auto at = text.find(placeholder);
    EXPECT(at != std::string_view::npos &&
           text.find(placeholder, at + 1) == std::string_view::npos);
    return {{frame.begin(), frame.end()}, at};
}

}  // namespace

std::string_view verb_name(Verb verb) {
    return names[static_cast<std::size_t>(verb)];
}

protocol::Outcome expected_outcome(Verb verb) {
    switch (verb) {
        case Verb::route:
        case Verb::transfer:
            return protocol::Outcome::assigned;
        case Verb::get_ticket:
            return protocol::Outcome::done;
        case Verb::close:
        case Verb::reopen:
            return protocol::Outcome::status;
    }
    return protocol::Outcome::none;
}

Result<Work> Work::plan(const WorkOptions& options) {
    if (options.agents == 0) return fault(ExitCode::usage, "at least one agent is needed");
    if (options.ask_skills > options.skills)
        return fault(ExitCode::usage, "cannot ask for more skills than there are");
    Work work;
    work.options_ = options;
    auto mix = parse_mix(options.mix);
    if (!mix) return mix.error();
    work.mix_ = *mix;
    work.run_ = name_of_this_run();
    work.draw_roster();
    work.make_stencils();
    return work;
}

void Work::draw_roster() {
    // Each skill is held by exactly half of the agents (rounded up), drawn without replacement;
    // agent 1 has all of them, so that no route ever finds nobody.
    Random random(options_.seed);
    skills_of_.resize(options_.agents);
    std::vector<std::uint32_t> order(options_.agents);
    std::iota(order.begin(), order.end(), 0U);
    for (std::uint32_t skill = 0; skill < options_.skills; ++skill) {
        for (std::size_t left = order.size(); left > 1; --left)
            std::swap(order[left - 1], order[random.below(left)]);
        std::swap(order.front(), *std::ranges::find(order, 0U));
        for (std::size_t place = 0; place < (order.size() + 1) / 2; ++place)
            skills_of_[order[place]].push_back(skill);
    }

    roster_ = "[account]\nkey = \"" + options_.account + "\"\ntime_zone = \"UTC\"\n";
    for (std::uint32_t skill = 0; skill < options_.skills; ++skill)
        roster_ += "\n[[skill]]\nkey = \"" + skill_key(skill) + "\"\n";
    roster_ += "\n[[team]]\nkey = \"all\"\n";
    for (std::uint32_t agent = 0; agent < options_.agents; ++agent) {
        roster_ += "\n[[agent]]\nkey = \"agent-" + std::to_string(agent + 1) +
                   "\"\nseat = \"service\"\nmain_team = \"all\"\navailability = \"available\"\n";
        roster_ += "skills = [";
        for (std::size_t i = 0; i < skills_of_[agent].size(); ++i)
            roster_ += (i == 0 ? "\"" : ", \"") + skill_key(skills_of_[agent][i]) + "\"";
        roster_ += "]\n";
    }
    roster_ +=
        "\n[[inbox]]\nkey = \"desk\"\nworkspace = \"helpdesk\"\n"
        "\n[[channel]]\nkey = \"mail\"\nkind = \"email\"\ninbox = \"desk\"\n  [channel.rule]\n"
        "  assign_to = \"users_and_teams\"\n  teams = [\"all\"]\n";
}

void Work::make_stencils() {
    Random random(options_.seed + 1);
    protocol::RequestWriter writer;
    std::vector<std::uint32_t> skills(options_.skills);
    std::iota(skills.begin(), skills.end(), 0U);
    for (const auto verb : mix_) {
        auto& stencils = stencils_[static_cast<std::size_t>(verb)];
        if (!stencils.empty()) continue;
        if (verb != Verb::route) {
            stencils.push_back(make_stencil(writer, options_.account, verb, {}));
            continue;
        }
        for (std::size_t i = 0; i < route_stencils; ++i) {
            std::vector<std::string> asked;
            for (std::size_t place = 0; place < options_.ask_skills; ++place) {
                std::swap(skills[place], skills[place + random.below(skills.size() - place)]);
                asked.push_back(skill_key(skills[place]));
            }
            const std::vector<std::string_view> keys(asked.begin(), asked.end());
            stencils.push_back(make_stencil(writer, options_.account, verb, keys));
        }
    }
}

Stencil& Work::fill(Verb verb, std::uint64_t ticket) {
    auto& stencils = stencils_[static_cast<std::size_t>(verb)];
    auto& stencil = verb == Verb::route ? stencils[next_route_++ % route_stencils] : stencils[0];
    char key[ticket_key_bytes];
    std::memcpy(key, run_.data(), run_bytes);
    for (std::size_t place = ticket_key_bytes; place > run_bytes; --place) {
        key[place - 1] = digits32[ticket & 31U];
        ticket >>= 5U;
    }
    std::memcpy(stencil.frame.data() + stencil.ticket_at, key, sizeof key);
    return stencil;
}

const std::vector<std::byte>& Work::frame(Verb verb, std::uint64_t ticket,
                                          std::uint64_t correlation) {
    auto& frame = fill(verb, ticket).frame;
    protocol::seal(frame, protocol::FrameKind::request, correlation);
    return frame;
}

std::span<const std::byte> Work::payload(Verb verb, std::uint64_t ticket) {
    return std::span<const std::byte>(fill(verb, ticket).frame).subspan(protocol::header_bytes);
}

std::size_t Work::frame_bytes(Verb verb) const {
    const auto& stencils = stencils_[static_cast<std::size_t>(verb)];
    return stencils.empty() ? 0 : stencils.front().frame.size();
}

}  // namespace usher::bench
