// Inside of protocol/ only: how a payload is verified and opened, and what it may say at most.
// The one GetRoot of the program is here (tests/tidy keeps it so).
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace usher::protocol {

/// The root of a payload that was verified, or nullptr. The payload must stand at a 16-byte aligned
/// address: alignment is verified relative to its begin.
template <class T>
const T* verified_root(std::span<const std::byte> payload, std::uint32_t tables_max) {
    flatbuffers::Verifier::Options options;
    options.max_depth = 8;
    options.max_tables = tables_max;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(payload.data());
    flatbuffers::Verifier verifier{bytes, payload.size(), options};
    if (!verifier.VerifyBuffer<T>(nullptr)) return nullptr;
    return flatbuffers::GetRoot<T>(bytes);
}

/// What the texts and lists of a payload may have together: its own length. Offsets that alias
/// make a small payload look large; nothing honest comes near.
class Budget {
  public:
    explicit Budget(std::size_t bytes) : bytes_left_(bytes) {}

    std::string_view text(const flatbuffers::String* from) {
        if (from == nullptr) return {};
        spend(from->size());
        return {from->c_str(), from->size()};
    }

    /// How many entries of `list` may be looked at.
    template <class T>
    std::uint32_t entries(const flatbuffers::Vector<T>* list) {
        if (list == nullptr) return 0;
        spend(std::uint64_t{list->size()} * sizeof(T));
        return exceeded_ ? 0 : list->size();
    }

    bool exceeded() const { return exceeded_; }

  private:
    void spend(std::uint64_t bytes) {
        if (bytes > bytes_left_) {
            exceeded_ = true;
            bytes_left_ = 0;
        } else {
            bytes_left_ -= bytes;
        }
    }

    std::uint64_t bytes_left_;
    bool exceeded_ = false;
};

}  // namespace usher::protocol
