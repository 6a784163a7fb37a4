#include "clients/usherctl/journal_pass.h"

#include "engine/fact_codec.h"
#include "journal/journal_reading.h"

namespace usher::ctl {
namespace {

class Decoding final : public journal::RecordSink {
  public:
    Decoding(const FactSink& sink, const IndexSink& index_sink)
        : sink_(sink), index_sink_(index_sink) {}

    Result<void> record(std::uint64_t seq, Instant, std::span<const std::byte> bytes) override {
        if (!engine::decode_fact(bytes, fact_))
            return fault(ExitCode::data,
                         "record " + std::to_string(seq) + " is no fact that this version knows");
        return sink_(seq, fact_);
    }
    void index(const journal::IndexSeen& seen) override {
        if (index_sink_) index_sink_(seen);
    }

  private:
    const FactSink& sink_;
    const IndexSink& index_sink_;
    engine::Fact fact_;
};

int badness(Exit exit) {
    switch (exit) {
        case Exit::done:
            return 0;
        case Exit::torn_tail:
            return 1;
        case Exit::corrupt:
            return 2;
        default:
            return 3;
    }
}

PassResult ended(const Fault& fault) {
    return {fault.code == ExitCode::data ? Exit::corrupt : Exit::io, fault.message, {}};
}

}  // namespace

PassResult read_journal(journal::Disk& disk, const journal::DirectoryView& view,
                        std::uint32_t shard, const FactSink& sink, const IndexSink& index_sink) {
    const auto fd = view.open_shard(shard);
    if (!fd) return ended(fd.error());
    Decoding decoding(sink, index_sink);
    journal::JournalReading reading{disk, fd->get(), view.shard_name(shard), view.identity(shard),
                                    decoding};
    const auto done = reading.run(0, true);
    auto result = done ? PassResult{} : ended(done.error());
    result.found = reading.found();
    if (done && result.found.torn_bytes != 0) {
        result.exit = Exit::torn_tail;
        result.cause = result.found.warnings.back();
    }
    return result;
}

std::optional<journal::AccountSeq> whose_fact(std::span<const std::byte> record) {
    engine::FactHead head;
    if (!engine::peek_fact(record, head)) return std::nullopt;
    return journal::AccountSeq{head.account.value, head.seq};
}

Exit worse(Exit a, Exit b) {
    return badness(b) > badness(a) ? b : a;
}

ShardChoice choose_shards(const journal::DirectoryView& view, std::optional<std::uint32_t> named) {
    if (!named) return {0, view.meta().shards, {}};
    if (*named >= view.meta().shards)
        return {0, 0,
                "--shard " + std::to_string(*named) + ": there are " +
                    std::to_string(view.meta().shards) + ", counted from 0"};
    return {*named, *named + 1, {}};
}

}  // namespace usher::ctl
