#include "clients/usherctl/session.h"

namespace usher::ctl {

namespace {

Result<std::unique_ptr<client::Connection>> open(const Globals& globals) {
    auto endpoint = globals.connect.empty() ? client::find_endpoint(globals.data_dir)
                                            : client::parse_endpoint(globals.connect);
    if (!endpoint) return endpoint.error();
    return client::Connection::open(*endpoint, client::within(globals.timeout()), "usherctl");
}

}  // namespace

Session connect(const Globals& globals) {
    auto connection = open(globals);
    if (connection) return {std::move(*connection), Exit::done};
    const bool wrong = connection.error().code == ExitCode::usage;
    return {nullptr, fail(wrong ? Exit::usage : Exit::no_connection, connection.error().message)};
}

Session try_connect(const Globals& globals) {
    auto connection = open(globals);
    if (!connection) return {nullptr, Exit::no_connection};
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
