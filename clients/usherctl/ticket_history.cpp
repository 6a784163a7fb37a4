#include "clients/usherctl/ticket_history.h"

#include "clients/usherctl/fact_text.h"
#include "clients/usherctl/journal_pass.h"
#include "clients/usherctl/journal_replay.h"
#include "engine/definition_codec.h"
#include "journal/segment_reader.h"

namespace usher::ctl {
namespace {

using namespace engine;

/// Gathers what facts say of one ticket of one account; and that account's rosters.
class Gathering {
  public:
    Gathering(TicketHistory& history, std::string_view account, std::string_view ticket)
        : history_(history), account_(account), ticket_(ticket) {}

    /// What a snapshot knows: the journal may begin behind the account's first roster.
    void begin_with(const Account& account, std::uint64_t seq) {
        history_.account = account.no;
        history_.definition = account.definition;
        version_at_snapshot_ = account.roster_version;
        snapshot_seq_ = seq;
    }

    Result<void> take(std::uint64_t seq, const Fact& fact) {
        seq_ = seq;
        if (const auto* part = std::get_if<RosterPart>(&fact.body);
            part != nullptr && part->account == account_)
            history_.account = fact.account;
        if (!history_.account.exists() || fact.account != history_.account) return {};
        return std::visit([&](const auto& body) { return take(fact, body); }, fact.body);
    }

    /// The versions of the facts were counted from where the journal begins.
    void end() {
        const auto before = version_at_snapshot_ - commits_until_snapshot_;
        for (auto& entry : history_.entries) entry.roster_version += before;
    }

  private:
    TicketEntry& add(const Fact& fact) {
        auto& entry = history_.entries.emplace_back();
        entry.seq = seq_;
        entry.account_seq = fact.seq;
        entry.at = fact.at;
        entry.cause = fact.cause;
        entry.kind = fact_kind(fact.body.index());
        entry.roster_version = commits_;
        return entry;
    }
    void add_decision(const Fact& fact, const Award& award, ChannelNo channel) {
        auto& entry = add(fact);
        entry.message = award.message;
        entry.award = award;
        entry.award->message = entry.award->told = {};
        entry.channel = channel;
    }

    Result<void> take(const Fact&, const RosterPart& part) {
        const auto* bytes = reinterpret_cast<const std::byte*>(part.bytes.data());
        staged_.insert(staged_.end(), bytes, bytes + part.bytes.size());
        return {};
    }
    Result<void> take(const Fact&, const RosterCommitted&) {
        AccountDefinition definition;
        const bool right = decode_definition(staged_, definition);
        staged_.clear();
        if (!right)
            return fault(ExitCode::data,
                         "record " + std::to_string(seq_) + " commits a roster that is none");
        if (seq_ > snapshot_seq_) history_.definition = std::move(definition);
        ++commits_;
        if (seq_ <= snapshot_seq_) ++commits_until_snapshot_;
        return {};
    }
    Result<void> take(const Fact& fact, const Opened& opened) {
        if (opened.key == ticket_) add_decision(fact, opened.award, opened.channel);
        return {};
    }
    Result<void> take(const Fact& fact, const Placed& placed) {
        if (placed.key == ticket_) add_decision(fact, placed.award, {});
        return {};
    }
    Result<void> take(const Fact& fact, const Imported& imported) {
        if (imported.opened.key == ticket_)
            add_decision(fact, imported.opened.award, imported.opened.channel);
        return {};
    }
    Result<void> take(const Fact& fact, const Transferred& transferred) {
        if (transferred.key == ticket_) add(fact).channel = transferred.channel;
        return {};
    }
    Result<void> take(const Fact& fact, const Moved& moved) {
        if (moved.key == ticket_) add(fact).inbox = moved.inbox;
        return {};
    }
    Result<void> take(const Fact& fact, const Forgotten& forgotten) {
        if (forgotten.key == ticket_) add(fact);
        return {};
    }
    /// Nothing else moves a ticket.
    template <class Body>
    Result<void> take(const Fact&, const Body&) {
        return {};
    }

    TicketHistory& history_;
    std::string_view account_, ticket_;
    std::uint64_t seq_ = 0;
    std::uint64_t commits_ = 0;
    std::uint64_t commits_until_snapshot_ = 0;
    std::uint64_t version_at_snapshot_ = 0;
    std::uint64_t snapshot_seq_ = 0;
    std::vector<std::byte> staged_;
};

/// The sequence that the oldest segment begins with; 1 if there is none.
Result<std::uint64_t> first_seq_of(journal::Disk& disk, int shard_fd, const std::string& shard_name,
                                   const journal::Identity& identity) {
    const auto name = shard_name + "/journal";
    const journal::OwnedFd fd{disk, disk.open(shard_fd, "journal", journal::OpenFor::directory)};
    if (!fd.is_open()) return journal::disk_fault(name, "cannot be opened", fd.get());
    const auto files = journal::list_journal(disk, fd.get(), name);
    if (!files) return files.error();
    for (const auto number : files->segments) {
        auto segment = journal::SegmentReader::open(disk, fd.get(), name, identity, number);
        if (!segment) return segment.error();
        const auto first = segment->first_batch();
        if (!first) return first.error();
        if (*first) return (*first)->first_seq;
    }
    return std::uint64_t{1};
}

Result<TicketHistory> history_in(journal::Disk& disk, const journal::DirectoryView& view,
                                 std::uint32_t shard, std::string_view account,
                                 std::string_view ticket) {
    TicketHistory history;
    history.shard = shard;
    const auto fd = view.open_shard(shard);
    if (!fd) return fd.error();
    const auto name = view.shard_name(shard);
    const auto first = first_seq_of(disk, fd->get(), name, view.identity(shard));
    if (!first) return first.error();
    history.first_seq = *first;
    Gathering gathering(history, account, ticket);
    if (*first > 1) {
        auto snapshots = snapshots_of(disk, fd->get(), name, view.identity(shard));
        if (!snapshots) return snapshots.error();
        Engine engine;
        if (!snapshots->empty()) {
            if (auto loaded = load(snapshots->front(), engine); !loaded) return loaded.error();
            if (const auto* known = engine.account(account))
                gathering.begin_with(*known, snapshots->front().seq());
        }
    }
    const auto pass = read_journal(disk, view, shard, [&](std::uint64_t seq, const Fact& fact) {
        return gathering.take(seq, fact);
    });
    gathering.end();
    if (pass.exit == Exit::corrupt) return fault(ExitCode::data, pass.cause);
    if (pass.exit == Exit::io) return fault(ExitCode::io, pass.cause);
    return history;
}

}  // namespace

Result<TicketHistory> history_of(journal::Disk& disk, const journal::DirectoryView& view,
                                 std::string_view account, std::string_view ticket) {
    for (std::uint32_t shard = 0; shard < view.meta().shards; ++shard) {
        auto history = history_in(disk, view, shard, account, ticket);
        if (!history || history->account.exists()) return history;
    }
    return TicketHistory{};
}

}  // namespace usher::ctl
