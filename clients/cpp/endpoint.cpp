#include "clients/cpp/endpoint.h"

#include <sys/stat.h>

#include <charconv>
#include <cstdlib>
#include <fstream>

namespace usher::client {
namespace {

constexpr std::string_view unix_prefix = "unix:";

Fault not_an_endpoint(std::string_view text) {
    return fault(ExitCode::usage,
                 "'" + std::string{text} +
                     "' is no endpoint: write HOST:PORT (127.0.0.1:7447, [::1]:7447) "
                     "or unix:PATH (unix:/run/usher/usherd.sock)");
}

bool is_port(std::string_view text) {
    std::uint16_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stopped == end && number != 0;
}

bool is_socket(std::string_view path) {
    struct stat found {};
    return ::stat(std::string{path}.c_str(), &found) == 0 && S_ISSOCK(found.st_mode);
}

Result<Endpoint> endpoint_of_directory(const std::string& directory) {
    const auto path = directory + "/endpoints";
    std::ifstream file{path};
    if (!file)
        return fault(
            ExitCode::io,
            path + " cannot be read: no usherd has written it. Start usherd with --data-dir " +
                directory + ", or say where it listens");
    std::string tcp;
    for (std::string line; std::getline(file, line);) {
        const std::string_view words{line};
        if (words.starts_with("unix ")) return Endpoint{line.substr(5), {}, {}};
        if (words.starts_with("tcp ") && tcp.empty()) tcp = line.substr(4);
    }
    if (tcp.empty())
        return fault(ExitCode::io,
                     path + " has neither a line 'unix PATH' nor a line 'tcp HOST:PORT'");
    return parse_endpoint(tcp);
}

}  // namespace

std::string Endpoint::text() const {
    if (!path.empty()) return std::string{unix_prefix} + path;
    const bool bare_ipv6 = host.find(':') != std::string::npos;
    return bare_ipv6 ? "[" + host + "]:" + port : host + ":" + port;
}

Result<Endpoint> parse_endpoint(std::string_view text) {
    if (text.starts_with(unix_prefix)) {
        const auto path = text.substr(unix_prefix.size());
        if (path.empty()) return not_an_endpoint(text);
        return Endpoint{std::string{path}, {}, {}};
    }
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || !is_port(text.substr(colon + 1)))
        return not_an_endpoint(text);
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        return not_an_endpoint(text);
    }
    if (host.empty()) return not_an_endpoint(text);
    return Endpoint{{}, std::string{host}, std::string{text.substr(colon + 1)}};
}

Result<Endpoint> find_endpoint(std::string_view data_dir) {
    if (!data_dir.empty()) return endpoint_of_directory(std::string{data_dir});
    const char* named = std::getenv("USHER_DATA_DIR");
    if (named != nullptr && *named != '\0') return endpoint_of_directory(named);
    if (is_socket(default_socket_path)) return Endpoint{std::string{default_socket_path}, {}, {}};
    return parse_endpoint(default_tcp_endpoint);
}

}  // namespace usher::client
