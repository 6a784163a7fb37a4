#include "shard/history_thread.h"

#include <utility>

#include "base/priority.h"
#include "engine/fact_codec.h"

namespace usher::shard {

namespace {

constexpr std::size_t row_bytes_max = 1024 * 1024;
constexpr int nice_value = 10;

/// Takes the facts of one account from a sequence on.
class RowSink final : public journal::HistorySink {
  public:
    RowSink(const HistoryQuestion& question, FactRow& row) : question_(question), row_(row) {}

    bool record(std::uint64_t, std::span<const std::byte> bytes) override {
        engine::FactHead head;
        if (!engine::peek_fact(bytes, head) || head.account != question_.account ||
            head.seq < question_.from)
            return true;
        if (row_.ends.size() >= question_.facts_max || row_.bytes.size() >= row_bytes_max)
            return false;
        if (row_.ends.empty()) row_.first_seq = next_ = head.seq;
        has_gap_ = head.seq != next_;
        if (has_gap_) return false;
        ++next_;
        row_.bytes.insert(row_.bytes.end(), bytes.begin(), bytes.end());
        row_.ends.push_back(row_.bytes.size());
        return true;
    }

    bool has_enough() const override { return next_ > question_.to; }
    bool has_gap() const { return has_gap_; }

    /// What was read is what there must be: from the first that was wanted, up to the last or as
    /// many as may be.
    bool is_whole() const {
        if (has_gap_ || row_.ends.empty()) return false;
        const bool full =
            row_.ends.size() >= question_.facts_max || row_.bytes.size() >= row_bytes_max;
        return (question_.from == 0 || row_.first_seq == question_.from) && (full || has_enough());
    }

  private:
    const HistoryQuestion& question_;
    FactRow& row_;
    std::uint64_t next_ = 0;  ///< 0: nothing was taken yet
    bool has_gap_ = false;
};

}  // namespace

HistoryThread::HistoryThread(Journal journal, void (*wake)(void*), void* argument)
    : journal_(std::move(journal)), wake_(wake), wake_argument_(argument) {}

HistoryThread::~HistoryThread() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    asked_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void HistoryThread::ask(const HistoryQuestion& question) {
    if (!journal_.own_thread) return answers_.push_back(answer(question));
    {
        const std::lock_guard lock(mutex_);
        questions_.push_back(question);
    }
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    asked_.notify_one();
}

bool HistoryThread::has_answers() const {
    const std::lock_guard lock(mutex_);
    return !answers_.empty();
}

std::vector<HistoryAnswer> HistoryThread::collect() {
    const std::lock_guard lock(mutex_);
    return std::exchange(answers_, {});
}

void HistoryThread::run() {
    lower_own_priority(nice_value);
    for (;;) {
        HistoryQuestion question;
        {
            std::unique_lock lock(mutex_);
            asked_.wait(lock, [this] { return stopping_ || !questions_.empty(); });
            if (stopping_) return;
            question = questions_.front();
            questions_.erase(questions_.begin());
        }
        auto answered = answer(question);
        {
            const std::lock_guard lock(mutex_);
            answers_.push_back(std::move(answered));
        }
        wake_(wake_argument_);
    }
}

/// An index is no more than a hint. Where it leads to less than there must be, all is read: what is
/// missing then is not on disk.
HistoryAnswer HistoryThread::answer(const HistoryQuestion& question) const {
    auto [answer, whole] = read(question, true);
    if (whole) return std::move(answer);
    auto from_the_oldest = question;
    from_the_oldest.place = {};
    return read(from_the_oldest, false).answer;
}

HistoryThread::Reading HistoryThread::read(const HistoryQuestion& question, bool by_index) const {
    Reading out{{question, {}, {}, {}}, false};
    auto& answer = out.answer;
    RowSink sink(question, answer.facts);
    journal::HistoryPart part{question.place, question.through_shard_seq, {}};
    if (by_index) part.wanted = journal::AccountSeq{question.account.value, question.from};
    const auto place =
        journal::read_history(*journal_.disk, journal_.directory_fd, journal_.directory_name,
                              journal_.identity, part, sink);
    if (!place)
        answer.fault = place.error().message;
    else if (sink.has_gap())
        answer.fault = "from: facts of the account are missing in the journal";
    else
        answer.place = *place;
    out.whole = place && sink.is_whole();
    return out;
}

}  // namespace usher::shard
