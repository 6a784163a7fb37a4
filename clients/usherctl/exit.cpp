#include "clients/usherctl/exit.h"

#include <cstdio>

#include "clients/scenario/answer_line.h"

namespace usher::ctl {

Exit fail(Exit how, std::string_view message) {
    std::fprintf(stderr, "usherctl: %.*s\n", static_cast<int>(message.size()), message.data());
    return how;
}

Exit fail(const Fault& fault) {
    switch (fault.code) {
        case ExitCode::usage:
            return fail(Exit::usage, fault.message);
        case ExitCode::data:
            return fail(Exit::corrupt, fault.message);
        default:
            return fail(Exit::io, fault.message);
    }
}

Exit refused(const protocol::Answer& answer) {
    std::string text = "refused: " + std::string(protocol::reject_name(answer.reject));
    if (!answer.message.empty()) text += ": " + answer.message;
    if (answer.owner) text += " (held by " + scenario::owner_text(*answer.owner) + ")";
    return fail(Exit::refused, text);
}

}  // namespace usher::ctl
