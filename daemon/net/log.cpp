#include "net/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>

namespace usher::net::log {
namespace {

constexpr std::size_t value_bytes_max = 256;
constexpr std::uint32_t peer_lines_per_second_max = 100;

spdlog::level::level_enum spdlog_level(Level level) {
    switch (level) {
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warning:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

bool under_systemd() {
    return std::getenv("JOURNAL_STREAM") != nullptr;
}

std::shared_ptr<spdlog::logger> make_logger() {
    auto logger = std::make_shared<spdlog::logger>(
        "usherd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->flush_on(spdlog::level::trace);
    logger->set_pattern(under_systemd() ? "%v" : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                        spdlog::pattern_time_type::utc);
    return logger;
}

spdlog::logger& logger() {
    static const auto the_logger = make_logger();
    return *the_logger;
}

/// What systemd's journal calls the levels.
std::string_view priority_of(Level level) {
    switch (level) {
        case Level::debug:
            return "<7>";
        case Level::info:
            return "<6>";
        case Level::warning:
            return "<4>";
        case Level::error:
            return "<3>";
    }
    return "<6>";
}

bool is_plain(char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
}

void append_value(std::string& line, std::string_view value) {
    const auto cut = value.substr(0, value_bytes_max);
    if (!cut.empty() && std::all_of(cut.begin(), cut.end(), is_plain)) {
        line += cut;
    } else {
        line += '"';
        for (const char c : cut) {
            const auto byte = static_cast<unsigned char>(c);
            if (c == '"' || c == '\\') {
                line += '\\';
                line += c;
            } else if (byte < ' ' || byte >= 0x7f) {
                constexpr char digits[] = "0123456789abcdef";
                line += "\\x";
                line += digits[byte >> 4];
                line += digits[byte & 15];
            } else {
                line += c;
            }
        }
        line += '"';
    }
    if (cut.size() < value.size()) line += "...";
}

void write(Level level, std::string_view event, Fields fields) {
    const auto at = spdlog_level(level);
    if (!logger().should_log(at)) return;
    static const bool prefixed = under_systemd();
    auto line = prefixed ? std::string(priority_of(level)) : std::string();
    line += line_of(event, fields);
    logger().log(at, spdlog::string_view_t(line.data(), line.size()));
}

/// Whether this second still has room for a line about a peer. Two threads that see the second
/// turn at once may let one line too many pass, which does no harm.
bool may_write_about_peer() {
    static std::atomic<std::int64_t> second{0};
    static std::atomic<std::uint32_t> lines{0};
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                         std::chrono::steady_clock::now().time_since_epoch())
                         .count();
    if (second.exchange(now) != now) {
        const auto had = lines.exchange(0);
        if (had > peer_lines_per_second_max)
            warning("log_lines_left_out", {{"count", had - peer_lines_per_second_max}});
    }
    return lines.fetch_add(1) < peer_lines_per_second_max;
}

}  // namespace

std::optional<Level> level_of(std::string_view name) {
    if (name == "debug") return Level::debug;
    if (name == "info") return Level::info;
    if (name == "warning") return Level::warning;
    if (name == "error") return Level::error;
    return std::nullopt;
}

void start(Level least) {
    logger().set_level(spdlog_level(least));
}

std::string line_of(std::string_view event, Fields fields) {
    std::string line(event);
    for (const auto& field : fields) {
        line += ' ';
        line += field.key();
        line += '=';
        append_value(line, field.value());
    }
    return line;
}

void debug(std::string_view event, Fields fields) {
    write(Level::debug, event, fields);
}
void info(std::string_view event, Fields fields) {
    write(Level::info, event, fields);
}
void warning(std::string_view event, Fields fields) {
    write(Level::warning, event, fields);
}
void error(std::string_view event, Fields fields) {
    write(Level::error, event, fields);
}

void about_peer(std::string_view event, Fields fields) {
    if (may_write_about_peer()) write(Level::info, event, fields);
}

}  // namespace usher::net::log
