// The open connections of a core, found by a number that is never used twice: the slot it stands in
// and how many there were before it. Belongs to the core's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "net/session.h"

namespace usher::net {

class Sessions {
  public:
    static constexpr std::uint32_t slot_bits = 20;
    static constexpr std::uint64_t slots_max = std::uint64_t{1} << slot_bits;

    Session& open(SessionHost& host, Session::Socket socket) {
        if (free_.empty()) {
            free_.push_back(static_cast<std::uint32_t>(slots_.size()));
            slots_.emplace_back();
        }
        const auto slot = free_.back();
        free_.pop_back();
        const auto id = (++opened_ << slot_bits) | slot;
        slots_[slot] = std::make_unique<Session>(host, id, std::move(socket));
        ++count_;
        return *slots_[slot];
    }

    /// nullptr: it has closed.
    Session* find(std::uint64_t id) {
        const auto slot = id & (slots_max - 1);
        if (slot >= slots_.size() || !slots_[slot] || slots_[slot]->id() != id) return nullptr;
        return slots_[slot].get();
    }

    /// Of a session that is gone().
    void erase(std::uint64_t id) {
        const auto slot = id & (slots_max - 1);
        slots_[slot].reset();
        free_.push_back(static_cast<std::uint32_t>(slot));
        --count_;
    }

    std::size_t count() const { return count_; }

    template <class Visit>
    void each(Visit visit) {
        for (auto& session : slots_)
            if (session) visit(*session);
    }

  private:
    std::vector<std::unique_ptr<Session>> slots_;
    std::vector<std::uint32_t> free_;
    std::uint64_t opened_ = 0;
    std::size_t count_ = 0;
};

}  // namespace usher::net
