// The engine's facts on their way into the journal: encoded and appended, one record each, and kept
// for those who follow their account. Without a writer (mode `memory`) they are counted alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/fact.h"
#include "engine/fact_codec.h"
#include "journal/writer.h"
#include "shard/followers.h"

namespace usher::shard {

class JournalLog final : public engine::FactLog {
  public:
    explicit JournalLog(Followers& followers) : followers_(followers) {}

    void write_to(journal::Writer* writer) { writer_ = writer; }

    void append(const engine::Fact& fact) override {
        ++last_seq_;
        const bool followed = followers_.wants(fact.account);
        if (writer_ == nullptr && !followed) return;
        const auto size = engine::encoded_bytes(fact);
        if (writer_ == nullptr) record_.resize(size);
        const auto room = writer_ != nullptr ? writer_->append(size, {fact.account.value, fact.seq})
                                             : std::span(record_);
        engine::encode_fact(fact, room.data());
        if (followed) followers_.keep(fact.account, last_seq_, room);
    }

    std::uint64_t last_seq() const { return last_seq_; }
    void start_after(std::uint64_t seq) { last_seq_ = seq; }

  private:
    Followers& followers_;
    journal::Writer* writer_ = nullptr;
    std::vector<std::byte> record_;  ///< without a writer: a fact that followers want
    std::uint64_t last_seq_ = 0;
};

}  // namespace usher::shard
