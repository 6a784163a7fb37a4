#include "clients/usherctl/session.h"

namespace usher::ctl {

Session connect(const Globals& globals) {
    auto endpoint = globals.connect.empty() ? client::find_endpoint(globals.data_dir)
                                            : client::parse_endpoint(globals.connect);
    if (!endpoint) {
        const bool wrong = endpoint.error().code == ExitCode::usage;
        return {nullptr, fail(wrong ? Exit::usage : Exit::no_connection, endpoint.error().message)};
    }
    auto connection =
        client::Connection::open(*endpoint, client::within(globals.timeout()), "usherctl");
    if (!connection) return {nullptr, lost(connection.error())};
    return {std::move(*connection), Exit::done};
}

Exit need_account(const Globals& globals) {
    if (!globals.account.empty()) return Exit::done;
    return fail(Exit::usage, "no account: say --account KEY, or set USHER_ACCOUNT");
}

Exit lost(const Fault& fault) {
    return fail(Exit::no_connection, fault.message);
}

}  // namespace usher::ctl
