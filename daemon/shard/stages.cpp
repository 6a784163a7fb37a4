#include "shard/stages.h"

namespace usher::shard {

bool Stages::begins_now() {
    if (at_ != At::nowhere) return false;
    at_ = At::taken;
    last_ = Clock::now();
    return true;
}

void Stages::decided(std::uint32_t shard, std::uint64_t seq) {
    pass(Stage::decide);
    at_ = At::decided;
    shard_ = shard;
    seq_ = seq;
}

void Stages::written(std::uint64_t through_seq) {
    if (at_ != At::decided || through_seq < seq_) return;
    pass(Stage::append);
    at_ = At::written;
}

void Stages::synced(std::uint64_t through_seq) {
    if (at_ == At::written && through_seq >= seq_) pass(Stage::sync);
}

void Stages::released(std::uint64_t through_seq) {
    if (through_seq >= seq_) at_ = At::released;
}

void Stages::end() {
    pass(Stage::write);
    at_ = At::nowhere;
}

void Stages::pass(Stage stage) {
    const auto now = Clock::now();
    const auto spent = std::chrono::duration_cast<std::chrono::nanoseconds>(now - last_);
    spent_ns_[static_cast<std::size_t>(stage)].record(static_cast<std::uint64_t>(spent.count()));
    last_ = now;
}

}  // namespace usher::shard
