#include "tests/crash/follower.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <utility>

namespace usher::crash {
namespace {

constexpr int no_connection = 3;  // usherctl's exit code
constexpr int append = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
constexpr std::size_t last_bytes = 64 * 1024;  // of a file; a line is shorter

struct Descriptor {
    explicit Descriptor(int number) : fd(number) {}
    ~Descriptor() {
        if (fd >= 0) ::close(fd);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int fd;
};

/// Runs `usherctl watch` with its lines appended to the file.
Result<Child> watch(const FollowerOptions& options, const std::vector<std::string>& how) {
    const Descriptor file{::open(options.file.c_str(), append, 0600)};
    const Descriptor errors{::open((options.file + ".errors").c_str(), append, 0600)};
    if (file.fd < 0 || errors.fd < 0) return system_fault(ExitCode::io, options.file, errno);
    std::vector<std::string> words{options.program, "--data-dir",    options.directory,
                                   "--account",     options.account, "--json",
                                   "watch"};
    words.insert(words.end(), how.begin(), how.end());
    return Child::start(std::move(words), {.output = file.fd, .errors = errors.fd});
}

std::string last_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    if (!in) return {};
    const auto size = static_cast<std::size_t>(in.tellg());
    std::string text(std::min(size, last_bytes), '\0');
    in.seekg(static_cast<std::streamoff>(size - text.size()));
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    return text;
}

}  // namespace

Result<void> Follower::start() {
    auto child = watch(options_, {"--from", std::to_string(last_seq_ + 1), "--retry", "120",
                                  "--limit", std::to_string(options_.page)});
    if (!child) return child.error();
    child_.emplace(std::move(*child));
    return {};
}

Result<bool> Follower::kill() {
    child_->kill();
    const auto status = child_->wait();
    child_.reset();
    if (!status) return status.error();
    if (const auto cut = cut_off_what_is_torn(); !cut) return cut.error();
    if (Child::was_killed(*status)) return true;
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == no_connection) return false;
    return fault(ExitCode::data, "the follower of " + options_.account +
                                     " ended by itself (wait status " + std::to_string(*status) +
                                     "): " + last_line_of(options_.file + ".errors"));
}

std::uint64_t Follower::file_bytes() const {
    struct ::stat seen {};
    return ::stat(options_.file.c_str(), &seen) == 0 ? static_cast<std::uint64_t>(seen.st_size) : 0;
}

Result<void> Follower::cut_off_what_is_torn() {
    const auto size = file_bytes();
    const auto text = last_of(options_.file);
    const auto end = text.rfind('\n');
    const auto whole = end == std::string::npos ? 0 : end + 1;
    if (whole == 0 && size > text.size())
        return fault(ExitCode::data, options_.file + ": a line without an end");
    kept_bytes_ = size - (text.size() - whole);
    if (kept_bytes_ < size) {
        ++torn_;
        if (::truncate(options_.file.c_str(), static_cast<off_t>(kept_bytes_)) != 0)
            return system_fault(ExitCode::io, options_.file, errno);
    }
    if (whole == 0) return {};
    const auto line = last_line();
    const auto seq = seq_of(line);
    if (!seq) return fault(ExitCode::data, options_.file + ": no event: " + line);
    last_seq_ = *seq;
    return {};
}

std::string last_line_of(const std::string& path) {
    auto text = last_of(path);
    const auto end = text.rfind('\n');
    if (end == std::string::npos) return {};
    text.resize(end);
    const auto begin = text.rfind('\n');
    return begin == std::string::npos ? text : text.substr(begin + 1);
}

Result<void> read_everything(const FollowerOptions& options) {
    auto child = watch(options, {"--from", "1", "--once", "--limit", "1000"});
    if (!child) return child.error();
    const auto status = child->wait();
    if (!status) return status.error();
    if (*status == 0) return {};
    return fault(ExitCode::data, "the whole history of " + options.account +
                                     " cannot be read (wait status " + std::to_string(*status) +
                                     "): " + last_line_of(options.file + ".errors"));
}

std::optional<std::uint64_t> seq_of(std::string_view line) {
    constexpr std::string_view begin = "{\"seq\":";
    if (!line.starts_with(begin)) return std::nullopt;
    line.remove_prefix(begin.size());
    std::uint64_t seq = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), seq);
    if (error != std::errc{} || end == line.data() + line.size() || *end != ',')
        return std::nullopt;
    return seq;
}

}  // namespace usher::crash
