#include "journal/directory_copy.h"

#include "journal/directory_view.h"
#include "journal/meta.h"
#include "journal/prefix.h"
#include "journal/verify.h"
#include "journal/watermark.h"
#include "journal/writer.h"

#include <fcntl.h>

namespace usher::journal {
namespace {

constexpr int copies_at_most = 5;
/// What META says until the copy is finished: usherd refuses that (65).
constexpr const char* unfinished_meta = "unfinished copy: make it again\n";

/// A directory in the making.
class Target {
  public:
    static Result<Target> make(Disk& disk, const std::string& path, const Meta& meta) {
        const int made = disk.make_directory(AT_FDCWD, path);
        if (made == -EEXIST)
            return fault(ExitCode::cannot_create, path + ": exists already; name a new directory");
        if (made != 0) return system_fault(ExitCode::cannot_create, path, -made);
        OwnedFd top{disk, disk.open(AT_FDCWD, path + "/.", OpenFor::directory)};
        if (!top.is_open()) return disk_fault(path, "cannot be opened", top.get());
        const auto marked = replace_file(disk, top.get(), path, meta_name, unfinished_meta);
        if (!marked) return marked.error();
        for (std::uint32_t shard = 0; shard < meta.shards; ++shard) {
            const auto name = shard_directory_name(shard);
            for (const auto& folder : {name, name + "/journal", name + "/snapshot"}) {
                const int error = disk.make_directory(top.get(), folder);
                if (error != 0)
                    return system_fault(ExitCode::cannot_create, path + "/" + folder, -error);
            }
        }
        return Target(disk, path, std::move(top), meta);
    }

    Result<OwnedFd> open_shard(std::uint32_t shard) const {
        OwnedFd fd{*disk_,
                   disk_->open(top_.get(), shard_directory_name(shard), OpenFor::directory)};
        if (!fd.is_open()) return disk_fault(shard_name(shard), "cannot be opened", fd.get());
        return fd;
    }
    std::string shard_name(std::uint32_t shard) const {
        return path_ + "/" + shard_directory_name(shard);
    }

    /// What was copied is durable and reads back right; then META.
    Result<void> finish() {
        int error = disk_->sync(top_.get());
        if (error == 0) {
            const OwnedFd parent{*disk_, disk_->open(AT_FDCWD, path_ + "/..", OpenFor::directory)};
            error = parent.is_open() ? disk_->sync(parent.get()) : parent.get();
        }
        if (error != 0) return disk_fault(path_, "cannot be synced", error);
        auto written = replace_file(*disk_, top_.get(), path_, meta_name, encode_meta(meta_));
        if (!written) return written;
        const auto report = verify(*disk_, path_);
        if (report.verdict == Verdict::clean) return {};
        (void)replace_file(*disk_, top_.get(), path_, meta_name, unfinished_meta);
        std::string why = report.cause;
        for (const auto& shard : report.shards)
            if (why.empty()) why = shard.cause;
        return fault(ExitCode::data, path_ + ": the copy is not in order: " + why);
    }

  private:
    Target(Disk& disk, std::string path, OwnedFd top, const Meta& meta)
        : disk_(&disk), path_(std::move(path)), top_(std::move(top)), meta_(meta) {}

    Disk* disk_;
    std::string path_;
    OwnedFd top_;
    Meta meta_;
};

struct BothShards {
    OwnedFd from_fd;
    OwnedFd to_fd;
    ShardPlace from;
    ShardPlace to;
};

Result<BothShards> open_both(Disk& disk, const DirectoryView& view, const Target& target,
                             std::uint32_t shard) {
    auto from = view.open_shard(shard);
    if (!from) return from.error();
    auto to = target.open_shard(shard);
    if (!to) return to.error();
    const int from_fd = from->get(), to_fd = to->get();
    return BothShards{std::move(*from),
                      std::move(*to),
                      {disk, from_fd, view.shard_name(shard), view.identity(shard)},
                      {disk, to_fd, target.shard_name(shard), view.identity(shard)}};
}

/// What a copy that came to nothing has left.
Result<void> empty_folders(Disk& disk, const ShardPlace& shard) {
    for (const char* folder : {"journal", "snapshot"}) {
        const OwnedFd fd{disk, disk.open(shard.fd, folder, OpenFor::directory)};
        std::vector<DirectoryEntry> entries;
        int error = fd.is_open() ? disk.list(fd.get(), entries) : fd.get();
        for (const auto& entry : entries)
            if (error == 0) error = disk.remove(fd.get(), entry.name);
        if (error != 0) return disk_fault(shard.name + "/" + folder, "cannot be emptied", error);
    }
    return {};
}

Result<CopiedShard> copy_shard_once(Disk& disk, const DirectoryView& view, const Target& target,
                                    std::uint32_t shard) {
    auto both = open_both(disk, view, target, shard);
    if (!both) return both.error();
    // Before the journal is read: it only grows meanwhile.
    const auto watermark =
        read_watermark(disk, both->from.fd, both->from.name, both->from.identity);
    if (!watermark) return watermark.error();
    const auto prefix = find_prefix(both->from, std::nullopt);
    if (!prefix) return prefix.error();
    if (watermark->slot && watermark->slot->durable_seq > prefix->last_seq)
        return fault(ExitCode::data, both->from.name + "/journal: can be read up to sequence " +
                                         std::to_string(prefix->last_seq) +
                                         " only, though everything up to " +
                                         std::to_string(watermark->slot->durable_seq) +
                                         " was on disk. Look with: usherctl journal verify");
    // Without a watermark nothing says how much there was, but usherd would not start on this
    // either.
    if (!prefix->ended_by.empty()) return fault(ExitCode::data, prefix->ended_by);
    if (auto copied = copy_prefix(both->from, *prefix, both->to); !copied) return copied.error();
    return CopiedShard{shard, prefix->last_seq, 0, prefix->snapshots};
}

/// A whole shard, at least up to what is confirmed now. Its daemon may write a snapshot meanwhile
/// and remove what that has made superfluous: then once more.
Result<CopiedShard> copy_shard(Disk& disk, const DirectoryView& view, const Target& target,
                               std::uint32_t shard) {
    auto copied = copy_shard_once(disk, view, target, shard);
    for (int again = 0; again < copies_at_most - 1; ++again) {
        if (copied || copied.error().code != ExitCode::io) break;
        auto both = open_both(disk, view, target, shard);
        if (!both) return both.error();
        if (auto emptied = empty_folders(disk, both->to); !emptied) return emptied.error();
        copied = copy_shard_once(disk, view, target, shard);
    }
    return copied;
}

class Nothing final : public RecordSink {
  public:
    Result<void> record(std::uint64_t, Instant, std::span<const std::byte>) override { return {}; }
};

/// A run of its own in the copy, which only says what was given up.
Result<void> sign_off(const ShardPlace& shard, const Prefix& prefix, const RepairedNote& note) {
    Nothing sink;
    const auto after = prefix.snapshots.empty() ? 0 : prefix.snapshots.front();
    const auto recovered = recover(shard.disk, shard.fd, shard.name, shard.identity, after, sink);
    if (!recovered) return recovered.error();
    Options options;
    options.helper = false;
    options.repaired = note;
    auto writer =
        Writer::open(shard.disk, shard.fd, shard.name, shard.identity, options, *recovered);
    if (!writer) return writer.error();
    return (*writer)->close();
}

Fault no_end_of_batch(const RepairPlan& plan, const Prefix& prefix) {
    std::string text = "--keep-through " + std::to_string(plan.keep_through) +
                       " is not the end of a readable batch: the nearest before it is " +
                       std::to_string(prefix.end_before);
    if (prefix.end_behind) text += ", behind it " + std::to_string(*prefix.end_behind);
    return fault(ExitCode::usage, text);
}

struct RepairedPrefix {
    Prefix prefix;
    RepairedNote note{};
};

/// What is kept and what that gives up, if the plan says the same.
Result<RepairedPrefix> agree(const ShardPlace& shard, const RepairPlan& plan) {
    auto prefix = find_prefix(shard, plan.keep_through);
    if (!prefix) return prefix.error();
    if (prefix->last_seq != plan.keep_through) return no_end_of_batch(plan, *prefix);
    const auto confirmed = confirmed_seq(shard);
    if (!confirmed) return confirmed.error();
    RepairedNote note{};
    note.keep_through = plan.keep_through;
    note.confirmed_seq = *confirmed;
    note.lost = *confirmed > plan.keep_through ? *confirmed - plan.keep_through : 0;
    note.at_ms = plan.now.ms;
    note.user = plan.user;
    if (note.lost != plan.accept_loss)
        return fault(ExitCode::usage,
                     "keeping everything through sequence " + std::to_string(plan.keep_through) +
                         " gives up " + std::to_string(note.lost) + " confirmed records (" +
                         std::to_string(*confirmed) +
                         " was the last one); --accept-loss must be exactly that, not " +
                         std::to_string(plan.accept_loss));
    return RepairedPrefix{std::move(*prefix), note};
}

Result<CopiedShard> repair_shard(const BothShards& both, const RepairPlan& plan,
                                 const RepairedPrefix& agreed) {
    if (auto copied = copy_prefix(both.from, agreed.prefix, both.to); !copied)
        return copied.error();
    if (auto signed_off = sign_off(both.to, agreed.prefix, agreed.note); !signed_off)
        return signed_off.error();
    return CopiedShard{plan.shard, agreed.prefix.last_seq, agreed.note.lost,
                       agreed.prefix.snapshots};
}

}  // namespace

Result<std::vector<CopiedShard>> back_up(Disk& disk, const std::string& from,
                                         const std::string& to) {
    const auto view = DirectoryView::open(disk, from);
    if (!view) return view.error();
    auto target = Target::make(disk, to, view->meta());
    if (!target) return target.error();
    std::vector<CopiedShard> shards;
    for (std::uint32_t shard = 0; shard < view->meta().shards; ++shard) {
        auto copied = copy_shard(disk, *view, *target, shard);
        if (!copied) return copied.error();
        shards.push_back(std::move(*copied));
    }
    if (auto finished = target->finish(); !finished) return finished.error();
    return shards;
}

Result<std::vector<CopiedShard>> repair(Disk& disk, const RepairPlan& plan) {
    const auto view = DirectoryView::open(disk, plan.from);
    if (!view) return view.error();
    if (plan.shard >= view->meta().shards)
        return fault(ExitCode::usage, "--shard " + std::to_string(plan.shard) + ": there are " +
                                          std::to_string(view->meta().shards));
    // Everything that may be refused comes before the first thing that is made.
    const auto fd = view->open_shard(plan.shard);
    if (!fd) return fd.error();
    const auto agreed =
        agree({disk, fd->get(), view->shard_name(plan.shard), view->identity(plan.shard)}, plan);
    if (!agreed) return agreed.error();
    auto target = Target::make(disk, plan.to, view->meta());
    if (!target) return target.error();
    std::vector<CopiedShard> shards;
    for (std::uint32_t shard = 0; shard < view->meta().shards; ++shard) {
        if (shard != plan.shard) {
            auto copied = copy_shard(disk, *view, *target, shard);
            if (!copied) return copied.error();
            shards.push_back(std::move(*copied));
            continue;
        }
        const auto both = open_both(disk, *view, *target, shard);
        if (!both) return both.error();
        auto repaired = repair_shard(*both, plan, *agreed);
        if (!repaired) return repaired.error();
        shards.push_back(std::move(*repaired));
    }
    if (auto finished = target->finish(); !finished) return finished.error();
    return shards;
}

}  // namespace usher::journal
