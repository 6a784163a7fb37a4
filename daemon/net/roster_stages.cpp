#include "net/roster_stages.h"

#include <algorithm>

namespace usher::net {

using protocol::Reject;

void RosterStages::begin(std::uint64_t session) {
    forget(session);
    stages_[session].text = std::make_unique<shard::RosterText>();
}

std::optional<RosterStages::Refusal> RosterStages::add(std::uint64_t session,
                                                       const protocol::ApplyPart& part) {
    const auto found = stages_.find(session);
    if (found == stages_.end())
        return Refusal{Reject::not_allowed, "apply_part: comes before apply_begin"};
    auto& files = found->second.text->files;
    const bool continues = !files.empty() && files.back().name == part.file;
    const auto same_name = [&part](const auto& file) { return file.name == part.file; };
    if (!continues && std::any_of(files.begin(), files.end(), same_name))
        return Refusal{Reject::bad_field, "file: the parts of one file must follow each other"};

    const auto bytes = part.text.size() + (continues ? 0 : part.file.size());
    if (bytes_of_all_.fetch_add(bytes) + bytes > bytes_max_) {
        bytes_of_all_.fetch_sub(bytes);
        return Refusal{Reject::overloaded,
                       "too many rosters are on their way (roster_mib_max); try again later"};
    }
    found->second.bytes += bytes;
    if (!continues) files.push_back({std::string(part.file), {}});
    files.back().text += part.text;
    return std::nullopt;
}

std::unique_ptr<shard::RosterText> RosterStages::take(std::uint64_t session) {
    const auto found = stages_.find(session);
    if (found == stages_.end()) return nullptr;
    auto text = std::move(found->second.text);
    forget(session);
    return text;
}

void RosterStages::forget(std::uint64_t session) {
    const auto found = stages_.find(session);
    if (found == stages_.end()) return;
    bytes_of_all_.fetch_sub(found->second.bytes);
    stages_.erase(found);
}

}  // namespace usher::net
