#include "bench/inside/core.h"

#include <time.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/expect.h"
#include "protocol/frame.h"

namespace usher::bench {

namespace {

constexpr std::string_view account_in_frames = "inside-000000";
constexpr int warm_up_turns = 400;
constexpr std::uint64_t replies_read = 1024;  ///< one in so many is parsed and checked

std::string account_name(std::uint32_t number) {
    auto digits = std::to_string(number);
    std::string name(account_in_frames);
    return name.replace(name.size() - digits.size(), digits.size(), digits);
}

/// The first `count` names that belong to that shard.
std::vector<std::string> accounts_of(std::uint32_t shard, std::uint32_t shards,
                                     std::uint32_t count) {
    std::vector<std::string> names;
    for (std::uint32_t number = 0; names.size() < count; ++number) {
        auto name = account_name(number);
        if (net::shard_of_account(name, shards) == shard) names.push_back(std::move(name));
    }
    return names;
}

Work plan(const InsideOptions& options) {
    WorkOptions work;
    work.account = account_in_frames;
    work.agents = options.agents;
    work.ask_skills = options.ask_skills;
    auto planned = Work::plan(work);
    EXPECT(planned.has_value());
    return std::move(*planned);
}

std::vector<std::unique_ptr<shard::Shard>> alone(std::unique_ptr<shard::Shard> shard) {
    std::vector<std::unique_ptr<shard::Shard>> shards;
    shards.push_back(std::move(shard));
    return shards;
}

std::uint64_t cpu_ns_now() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

class Nowhere final : public shard::Outlet {
    void deliver(shard::Origin, std::span<const std::byte>) override {}
};

}  // namespace

void InsideCore::Tray::deliver(std::uint64_t, std::span<const std::byte> frame) {
    if (++replies % replies_read != 0) return;
    const auto cut = protocol::cut(frame, frame.size());
    const auto parsed = parser_.parse(std::get<protocol::Frame>(cut).payload);
    EXPECT(parsed && parsed.answer->reject == protocol::Reject::none);
}

InsideCore::InsideCore(std::uint32_t number, net::Office& office, const InsideOptions& options,
                       std::unique_ptr<shard::Shard> shard)
    : number_(number),
      options_(options),
      work_(plan(options)),
      accounts_(accounts_of(number, office.shards, options.accounts)),
      desk_(number, office, tray_, counters_, bell_,
            (apply_rosters(*shard), alone(std::move(shard)))),
      next_ticket_(std::uint64_t{number} << 40U) {}

void InsideCore::apply_rosters(shard::Shard& shard) {
    Nowhere nowhere;
    for (const auto& account : accounts_) {
        auto text = work_.roster();
        text.replace(text.find(account_in_frames), account.size(), account);
        protocol::Request commit;
        commit.account = account;
        commit.body = protocol::ApplyCommit{};
        shard.submit_roster(commit, {{{"inside.toml", std::move(text)}}}, 1, {}, {});
        EXPECT(shard.commit(nowhere).has_value());
    }
}

std::uint32_t InsideCore::account_of(std::uint64_t ticket) const {
    return static_cast<std::uint32_t>(ticket % accounts_.size());
}

void InsideCore::write(Verb verb, std::uint64_t ticket, std::uint32_t account) {
    request_ = work_.frame(verb, ticket, ++requests_);
    const std::string_view text{reinterpret_cast<const char*>(request_.data()), request_.size()};
    const auto at = text.find(account_in_frames);
    std::memcpy(request_.data() + at, accounts_[account].data(), accounts_[account].size());
    if (options_.batch > 1) {
        batch_.add(frames_, requests_, std::span(request_).subspan(protocol::header_bytes));
        if (batch_.requests() == options_.batch) batch_.close(frames_);
        return;
    }
    protocol::seal(request_, protocol::FrameKind::request, requests_);
    frames_.insert(frames_.end(), request_.begin(), request_.end());
}

void InsideCore::end_read() {
    batch_.close(frames_);
    read_ends_.push_back(frames_.size());
}

void InsideCore::open_tickets() {
    for (std::uint64_t n = 0; n < options_.open;) {
        frames_.clear();
        read_ends_.clear();
        for (std::uint32_t i = 0; i < 512 && n < options_.open; ++i, ++n, ++next_ticket_)
            write(Verb::route, next_ticket_, account_of(next_ticket_));
        end_read();
        take_turn();
    }
}

/// What the load client's connections send: each ticket is routed, and closed sixteen rounds later.
void InsideCore::write_turn() {
    constexpr std::uint64_t held = 16;
    frames_.clear();
    read_ends_.clear();
    const auto apart = held * options_.connections;
    for (std::uint32_t connection = 0; connection < options_.connections; ++connection) {
        for (std::uint32_t i = 0; i < options_.depth; i += 2, ++next_ticket_) {
            write(Verb::route, next_ticket_, account_of(next_ticket_));
            if (const auto old = next_ticket_ - apart; next_ticket_ >= first_ + apart)
                write(Verb::close, old, account_of(old));
        }
        end_read();
    }
}

/// As a session does.
void InsideCore::take_frame(const protocol::Frame& frame) {
    if (frame.kind == protocol::FrameKind::request) return desk_.take(number_, frame);
    EXPECT(!protocol::check_batch(frame, options_.batch));
    for (auto rest = frame.payload; !rest.empty();) {
        const auto item = protocol::first_item(rest);
        desk_.take(number_, {item.correlation, protocol::FrameKind::request, item.payload, 0});
        rest = rest.subspan(item.size);
    }
}

/// Everything between the kernel's reads and its writes.
void InsideCore::take_turn() {
    std::size_t at = 0;
    for (const auto end : read_ends_) {
        const std::span<const std::byte> read{frames_.data(), end};
        while (at < end) {
            const auto cut = protocol::cut(read.subspan(at), protocol::frame_bytes_max);
            const auto& frame = std::get<protocol::Frame>(cut);
            take_frame(frame);
            at += frame.size;
        }
        desk_.settle();
    }
    EXPECT(desk_.finish_turn().has_value());
}

/// A name for those who count instructions (bench/instructions).
[[gnu::noinline]] void InsideCore::take_measured_turn() {
    take_turn();
}

void InsideCore::warm_up() {
    open_tickets();
    first_ = next_ticket_;
    for (int turn = 0; turn < warm_up_turns; ++turn) {
        write_turn();
        take_turn();
    }
}

InsideCore::Window InsideCore::measure() {
    Window window;
    const auto replies = tray_.replies;
    const auto requests = requests_;
    const auto enough = std::uint64_t{options_.window_ms} * 1'000'000;
    for (std::uint32_t turn = 0;
         options_.turns > 0 ? turn < options_.turns : window.cpu_ns < enough; ++turn) {
        write_turn();
        const auto begin = cpu_ns_now();
        take_measured_turn();
        window.cpu_ns += cpu_ns_now() - begin;
    }
    window.requests = requests_ - requests;
    EXPECT(tray_.replies - replies == window.requests);
    return window;
}

}  // namespace usher::bench
