#include "clients/usherctl/roster_upload.h"

#include <algorithm>

#include "protocol/limits.h"

namespace usher::ctl {

using protocol::Reject;

Result<const protocol::Answer*> upload_roster(client::Connection& connection,
                                              const protocol::Request& commit,
                                              const std::vector<scenario::NamedText>& texts,
                                              std::chrono::milliseconds patience) {
    protocol::Request request;
    request.account = commit.account;
    request.body = protocol::ApplyBegin{};
    auto answer = connection.call(request, client::within(patience));
    if (!answer || (*answer)->reject != Reject::none) return answer;
    for (const auto& [name, text] : texts) {
        std::string_view rest = text;
        do {
            const auto part = rest.substr(0, protocol::roster_part_bytes_max);
            request.body = protocol::ApplyPart{name, part};
            answer = connection.call(request, client::within(patience));
            if (!answer || (*answer)->reject != Reject::none) return answer;
            rest.remove_prefix(part.size());
        } while (!rest.empty());
    }
    return connection.call(commit, client::within(patience));
}

}  // namespace usher::ctl
