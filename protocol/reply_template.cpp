#include "protocol/reply_template.h"

#include <replies_generated.h>

#include <cstring>

#include "protocol/frame.h"
#include "protocol/verified.h"

namespace usher::protocol {
namespace {

bool is_plain(const Answer& a) {
    const auto& p = a.placement;
    return a.reject == Reject::none && a.at_ms != 0 && a.seq != 0 && !a.retry_after_ms &&
           a.list.total == 0 && a.list.next.empty() && a.message.empty() &&
           p.reason == Reason::none && p.voicemail_message.empty() && p.notify_owner.empty() &&
           !p.position && !p.reopened && !a.has_rare_parts();
}

template <class T>
void write_over(std::vector<std::byte>& bytes, std::size_t at, T value) {
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

}  // namespace

ReplyTemplates::Form ReplyTemplates::form_of(const Answer& a) {
    const auto& p = a.placement;
    if (!is_plain(a)) return {};
    if (p.outcome == Outcome::assigned && p.owner.kind == OwnerKind::agent && a.status.empty() &&
        !a.close_date_ms && !p.owner.key.empty() && p.owner.key.size() <= key_bytes_max)
        return {Form::assigned, p.owner.key};
    if (p.outcome == Outcome::status && p.owner == Owner{} && !a.status.empty() &&
        a.status.size() <= key_bytes_max)
        return {a.close_date_ms ? Form::status_with_close_date : Form::status, a.status};
    return {};
}

std::span<const std::byte> ReplyTemplates::frame(const Form& form, std::uint64_t correlation,
                                                 const Answer& answer) {
    auto& known = templates_[form.kind][form.text.size()];
    auto& bytes = known.bytes;
    if (bytes.empty()) return {};
    write_over(bytes, known.at, answer.at_ms);
    write_over(bytes, known.seq, answer.seq);
    if (form.kind == Form::status_with_close_date)
        write_over(bytes, known.close_date, *answer.close_date_ms);
    std::memcpy(bytes.data() + known.text, form.text.data(), form.text.size());
    seal(bytes, FrameKind::reply, correlation);
    return bytes;
}

void ReplyTemplates::learn(const Form& form, std::span<const std::byte> built) {
    auto& known = templates_[form.kind][form.text.size()];
    known.bytes.assign(built.begin(), built.end());
    const auto* root = verified_root<wire::Reply>(built.subspan(header_bytes), 1);
    if (root == nullptr) return known.bytes.clear();
    const auto* begin = reinterpret_cast<const std::uint8_t*>(built.data());
    const auto& table = reinterpret_cast<const flatbuffers::Table&>(*root);
    const auto place = [&](flatbuffers::voffset_t field) {
        return static_cast<std::size_t>(table.GetAddressOf(field) - begin);
    };
    known.at = place(wire::Reply::VT_AT);
    known.seq = place(wire::Reply::VT_SEQ);
    if (form.kind == Form::status_with_close_date)
        known.close_date = place(wire::Reply::VT_CLOSE_DATE);
    const auto* text = form.kind == Form::assigned ? root->owner_key() : root->status();
    known.text = static_cast<std::size_t>(text->Data() - begin);
}

}  // namespace usher::protocol
