// Reads the facts of followed accounts out of the journal's files, on a thread of its own at low
// priority, so that no request waits for the disk. The thread starts with the first question.
//
// The owner's thread asks and collects; whoever is told by `wake` only wakes the owner. Questions
// are bounded by the caller (one for each follower that waits).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "engine/fact.h"
#include "journal/history.h"

namespace usher::shard {

/// Facts of one account in a row, encoded. `seq` is the account's sequence of the first.
struct FactRow {
    std::uint64_t first_seq = 0;
    std::vector<std::byte> bytes;
    std::vector<std::size_t> ends;  ///< of each fact in `bytes`

    std::span<const std::byte> fact(std::size_t i) const {
        const auto begin = i == 0 ? 0 : ends[i - 1];
        return std::span(bytes).subspan(begin, ends[i] - begin);
    }
};

struct HistoryQuestion {
    std::uint64_t follower = 0;  ///< comes back with the answer
    engine::AccountNo account;
    std::uint64_t from = 0;               ///< the account's sequence; 0: the oldest that there is
    std::uint64_t to = 0;                 ///< likewise; what follows is known already
    std::uint64_t through_shard_seq = 0;  ///< nothing beyond it is read
    std::size_t facts_max = 0;
    journal::HistoryPlace place{};  ///< at or before `from`
};

struct HistoryAnswer {
    HistoryQuestion question;
    FactRow facts;                  ///< first_seq may be behind `from`: what was before it is gone
    journal::HistoryPlace place{};  ///< at or before what follows
    std::string fault;              ///< empty: none
};

class HistoryThread {
  public:
    struct Journal {
        journal::Disk* disk = nullptr;
        int directory_fd = -1;
        std::string directory_name;
        journal::Identity identity;
        bool own_thread = true;  ///< false: ask() reads, and nobody needs to be woken
    };
    /// `wake(argument)` is called on the reading thread when an answer can be collected.
    HistoryThread(Journal journal, void (*wake)(void*), void* argument);
    ~HistoryThread();
    HistoryThread(const HistoryThread&) = delete;
    HistoryThread& operator=(const HistoryThread&) = delete;

    void ask(const HistoryQuestion& question);
    bool has_answers() const;
    std::vector<HistoryAnswer> collect();

  private:
    void run();
    struct Reading {
        HistoryAnswer answer;
        bool whole = false;
    };
    HistoryAnswer answer(const HistoryQuestion& question) const;
    Reading read(const HistoryQuestion& question, bool by_index) const;

    Journal journal_;
    void (*wake_)(void*);
    void* wake_argument_;
    mutable std::mutex mutex_;
    std::condition_variable asked_;
    std::vector<HistoryQuestion> questions_;
    std::vector<HistoryAnswer> answers_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace usher::shard
