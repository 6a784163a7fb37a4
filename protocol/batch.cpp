#include "protocol/batch.h"

#include <cstring>
#include <string>
#include <utility>

#include "protocol/numbers_at.h"

namespace usher::protocol {
namespace {

constexpr std::size_t reserved_at = 4;
constexpr std::size_t correlation_at = 8;

constexpr std::size_t padded(std::size_t bytes) {
    return (bytes + payload_alignment - 1) / payload_alignment * payload_alignment;
}

/// Of the item that `rest` begins with; cannot overflow, lengths have 32 bits.
std::size_t item_bytes(std::span<const std::byte> rest) {
    return batch_item_header_bytes + padded(load<std::uint32_t>(rest, 0));
}

}  // namespace

std::optional<Refusal> check_batch(const Frame& batch, std::uint32_t requests_max) {
    const auto lost = [&batch](std::string message) {
        return Refusal{Reject::bad_frame, std::move(message), batch.correlation, 0};
    };
    auto rest = batch.payload;
    if (rest.empty()) return lost("batch: has no request");
    for (std::uint32_t requests = 1; !rest.empty(); ++requests) {
        if (requests > requests_max)
            return Refusal{Reject::frame_too_large,
                           "batch: has more than " + std::to_string(requests_max) +
                               " requests; none of them was carried out",
                           batch.correlation, batch.size};
        const auto number = [requests] { return std::to_string(requests); };
        if (rest.size() < batch_item_header_bytes || rest.size() < item_bytes(rest))
            return lost("batch: ends in the middle of request " + number());
        if (load<std::uint32_t>(rest, reserved_at) != 0)
            return lost("batch: the reserved bytes of request " + number() + " must be zero");
        rest = rest.subspan(item_bytes(rest));
    }
    return {};
}

BatchItem first_item(std::span<const std::byte> checked) {
    const auto length = load<std::uint32_t>(checked, 0);
    return {load<std::uint64_t>(checked, correlation_at),
            checked.subspan(batch_item_header_bytes, length), item_bytes(checked)};
}

void BatchWriter::add(std::vector<std::byte>& out, std::uint64_t correlation,
                      std::span<const std::byte> payload) {
    if (requests_ == 0) {
        begin_ = out.size();
        end_ = begin_ + header_bytes;
    }
    const auto at = end_;
    end_ += batch_item_header_bytes + padded(payload.size());
    out.resize(end_);
    store(out, at, static_cast<std::uint32_t>(payload.size()));
    store(out, at + correlation_at, correlation);
    if (!payload.empty())
        std::memcpy(out.data() + at + batch_item_header_bytes, payload.data(), payload.size());
    ++requests_;
}

void BatchWriter::close(std::vector<std::byte>& out) {
    if (requests_ == 0) return;
    seal(std::span(out).subspan(begin_, end_ - begin_), FrameKind::batch, 0);
    requests_ = 0;
}

std::size_t BatchWriter::bytes_with(std::span<const std::byte> payload) const {
    const auto open = requests_ == 0 ? 0 : end_ - begin_ - header_bytes;
    return open + batch_item_header_bytes + padded(payload.size());
}

}  // namespace usher::protocol
