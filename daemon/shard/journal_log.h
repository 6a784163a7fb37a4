// The engine's facts on their way into the journal: encoded and appended, one record each. Without
// a writer (mode `memory`) they are counted alone.
#pragma once

#include <cstdint>

#include "engine/fact.h"
#include "engine/fact_codec.h"
#include "journal/writer.h"

namespace usher::shard {

class JournalLog final : public engine::FactLog {
  public:
    void write_to(journal::Writer* writer) { writer_ = writer; }

    void append(const engine::Fact& fact) override {
        ++last_seq_;
        if (writer_ == nullptr) return;
        engine::encode_fact(fact, writer_->append(engine::encoded_bytes(fact)).data());
    }

    std::uint64_t last_seq() const { return last_seq_; }
    void start_after(std::uint64_t seq) { last_seq_ = seq; }

  private:
    journal::Writer* writer_ = nullptr;
    std::uint64_t last_seq_ = 0;
};

}  // namespace usher::shard
