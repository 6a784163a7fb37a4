#include "shard/shard.h"

#include <algorithm>

#include "base/planted.h"
#include "base/probe.h"
#include "engine/memory_use.h"
#include "roster/submission.h"

namespace usher::shard {

namespace {

using protocol::Reject;

/// A batch that has grown so long within a turn is written early; it is synced with the rest.
constexpr std::size_t early_write_bytes = 1024 * 1024;

}  // namespace

Shard::Shard(const ShardOptions& options, std::uint64_t hash_seed)
    : options_(options),
      engine_({.hash_seed = hash_seed,
               .tickets_reserve = options.tickets_reserve,
               .slice_max = options.slice_max}),
      snapshots_({options.disk, options.directory_fd, options.directory_name, identity(),
                  options.threads, &Shard::wake_owner, this},
                 options.snapshots) {}

Shard::~Shard() = default;

bool Shard::stamp(const protocol::Request& request, Instant& out) {
    if (options_.clock == ClockMode::wall) {
        out = now_;
        return true;
    }
    if (!request.at_ms) {
        answer_.refuse(Reject::bad_field,
                       "at: is missing; under --clock trace every request says when it happens");
        return false;
    }
    out = {*request.at_ms};
    now_ = std::max(now_, out);
    return true;
}

bool Shard::stamp_roster(const protocol::Request& commit, Instant& out) {
    if (options_.clock == ClockMode::wall || commit.at_ms) return stamp(commit, out);
    // A roster file has no instant of its own: it counts from the last one that the account knows.
    const auto* account = engine_.account(commit.account);
    out = account == nullptr ? engine::before_all_time : account->now;
    return true;
}

bool Shard::is_overloaded() {
    if (outbox_.bytes() < options_.unflushed_bytes_max) return false;
    answer_.refuse(Reject::overloaded, "too many answers wait for the disk; ask again later");
    answer_.retry_after_ms = 100;
    return true;
}

/// On a full disk nothing is taken that makes more work; what makes it less has the reserve.
bool Shard::lacks_room_for(const protocol::Request& request) {
    if (!writer_ || !writer_->disk_is_full()) [[likely]]
        return false;
    if (!std::holds_alternative<protocol::Route>(request.body) &&
        !std::holds_alternative<protocol::Import>(request.body) &&
        !std::holds_alternative<protocol::ApplyCommit>(request.body))
        return false;
    answer_.refuse(Reject::disk_full,
                   "the disk has no room for more of the journal; what is there can be closed and "
                   "changed hands meanwhile");
    return true;
}

void Shard::submit(const protocol::Request& request, std::uint64_t correlation, Origin origin,
                   Instant now) {
    if (std::holds_alternative<protocol::Follow>(request.body)) {
        if (!followers_.take(request, correlation, origin, log_.last_seq(), answer_))
            reply({origin, correlation});
        return;
    }
    if (options_.clock == ClockMode::wall) now_ = std::max(now_, now);
    if (PLANTED(clock_runs_back) && options_.clock == ClockMode::wall) now_ = now;
    take({origin, correlation}, request);
}

void Shard::submit_roster(const protocol::Request& commit, const RosterText& text,
                          std::uint64_t correlation, Origin origin, Instant now) {
    if (options_.clock == ClockMode::wall) now_ = std::max(now_, now);
    take({origin, correlation, &text}, commit);
}

engine::Progress Shard::carry_out(const Asked& asked, const protocol::Request& request) {
    Instant at;
    if (is_overloaded() || lacks_room_for(request)) return engine::Progress::finished;
    if (asked.roster == nullptr)
        return stamp(request, at) ? engine_.handle(request, at, log_, answer_)
                                  : engine::Progress::finished;
    if (!stamp_roster(request, at)) return engine::Progress::finished;
    std::vector<roster::SourceFile> files;
    for (const auto& file : asked.roster->files) files.push_back({file.name, file.text});
    const auto& flags = std::get<protocol::ApplyCommit>(request.body);
    const auto progress =
        roster::submit(engine_, request.account, files,
                       {flags.dry_run, flags.unassign, request.key}, at, log_, answer_);
    if (at == engine::before_all_time) answer_.at_ms = 0;
    return progress;
}

void Shard::reply(const Asked& to) {
    answer_.seq = log_.last_seq();
    outbox_.put(to.origin, answer_.seq, reply_writer_.frame(to.correlation, answer_));
    if (PLANTED(ack_before_write)) return;
    if (writer_ && writer_->open_batch_bytes() > early_write_bytes && early_write_)
        early_write_ = writer_->write(now_);
}

std::uint64_t Shard::safe_seq() const {
    if (!writer_ || PLANTED(write_fault_ignored)) return log_.last_seq();
    if (PLANTED(ack_before_sync)) return writer_->written_seq();
    return options_.durability == Durability::written ? writer_->written_seq()
                                                      : writer_->durable_seq();
}

/// As safe as the mode promises, or on its way there.
Result<void> Shard::make_safe(Stages* stages) {
    if (!early_write_) return early_write_;
    if (auto result = writer_->write(now_); !result) return result;
    PROBE2(batch_written, options_.number, writer_->written_seq());
    if (stages != nullptr) stages->written(writer_->written_seq());
    if (options_.durability != Durability::synced) return writer_->health();
    if (!PLANTED(ack_before_sync) && writer_->durable_seq() < writer_->written_seq()) {
        auto result = options_.flusher ? writer_->request_sync() : writer_->sync();
        if (!result) return result;
    }
    PROBE2(batch_synced, options_.number, writer_->durable_seq());
    if (stages != nullptr) stages->synced(writer_->durable_seq());
    return writer_->health();
}

Result<void> Shard::commit(Outlet& outlet, Stages* stages) {
    if (is_draining()) drain_on();
    if (PLANTED(ack_before_write)) {
        outbox_.release(log_.last_seq(), outlet);
        followers_.serve(log_.last_seq(), outlet);
        if (writer_ && writer_->open_batch_bytes() < early_write_bytes) return {};
    }
    if (PLANTED(followers_told_before_write)) followers_.serve(log_.last_seq(), outlet);
    if (PLANTED_BUT_EVERY(4, followers_told_turns_before_write)) {
        followers_.serve(log_.last_seq(), outlet);
        return {};
    }
    if (writer_)
        if (auto result = make_safe(stages); !result && !PLANTED(write_fault_ignored))
            return result;
    outbox_.release(safe_seq(), outlet);
    if (stages != nullptr) stages->released(safe_seq());
    followers_.serve(safe_seq(), outlet);
    if (writer_)
        snapshots_.turn(engine_, {log_.last_seq(), writer_->durable_seq(), writer_->written_bytes(),
                                  now_, !writer_->disk_is_full()});
    return {};
}

void Shard::on_flushed(void (*wake)(void*), void* argument) {
    wake_argument_.store(argument);
    wake_.store(wake);
}

void Shard::wake_owner(void* shard) {
    auto& self = *static_cast<Shard*>(shard);
    if (auto* wake = self.wake_.load()) wake(self.wake_argument_.load());
}

void Shard::tick(Instant now) {
    if (options_.clock != ClockMode::wall) return;
    now_ = std::max(now_, now);
    for (const auto& account : engine_.accounts()) {
        if (is_draining() && draining(account->key) != nullptr) continue;
        if (!engine_.tick(*account, now_, log_)) draining_.push_back({account->key});
    }
}

void Shard::status(std::vector<protocol::StatusEntry>& out) const {
    const auto scope = "shard " + std::to_string(options_.number);
    const auto say = [&](const char* name, std::string value) {
        out.push_back({scope, name, std::move(value)});
    };
    std::size_t agents = 0, waiting = 0;
    engine::MemoryUse memory;
    for (const auto& account : engine_.accounts()) {
        agents += account->agent_at.size();
        waiting += account->line.size();
        memory += engine::memory_of(*account);
    }
    const auto remembered = engine_.remembered_ticket_count();
    const auto accounts = engine_.account_count();
    say("accounts", std::to_string(accounts));
    say("account_bytes", std::to_string(memory.account));
    say("account_bytes_each", std::to_string(accounts > 0 ? memory.account / accounts : 0));
    say("agents", std::to_string(agents));
    say("open_tickets", std::to_string(engine_.open_ticket_count()));
    say("waiting_tickets", std::to_string(waiting));
    say("remembered_tickets", std::to_string(remembered));
    say("ticket_bytes", std::to_string(memory.tickets));
    say("ticket_bytes_each", std::to_string(remembered > 0 ? memory.tickets / remembered : 0));
    say("text_bytes", std::to_string(memory.texts));
    say("agent_bytes", std::to_string(memory.agents));
    say("agent_bytes_each", std::to_string(agents > 0 ? memory.agents / agents : 0));
    say("seq", std::to_string(log_.last_seq()));
    say("safe_seq", std::to_string(safe_seq()));
    say("digest", engine_.digest().text());
    say("recovered_facts", std::to_string(replayed_facts_));
    const auto snapshots = snapshots_.seen();
    say("snapshot_seq", std::to_string(snapshots.newest_seq));
    say("snapshots_taken", std::to_string(snapshots.taken));
    say("snapshot", snapshots.being_taken     ? "being taken"
                    : snapshots.fault.empty() ? "at rest"
                                              : "given up: " + snapshots.fault);
    say("journal_bytes", std::to_string(writer_ ? writer_->written_bytes() : 0));
    say("disk_full", writer_ && writer_->disk_is_full() ? "yes" : "no");
    say("answers_waiting", std::to_string(outbox_.size()));
    say("followers_waiting", std::to_string(followers_.waiting()));
    say("followers_kept_bytes", std::to_string(followers_.kept_bytes()));
}

Result<void> Shard::close(Outlet& outlet) {
    while (is_draining()) drain_on();
    if (auto result = commit(outlet); !result) return result;
    if (!writer_) return {};
    if (auto result = writer_->write(now_); !result) return result;
    if (auto result = writer_->sync(); !result) return result;
    outbox_.release(safe_seq(), outlet);
    // The journal has everything: a snapshot only makes the next start faster.
    if (auto result = snapshots_.take(engine_, log_.last_seq(), now_);
        !result && !writer_->disk_is_full())
        return result;
    return writer_->close();
}

}  // namespace usher::shard
