#include "clients/scenario/line_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "protocol/limits.h"

namespace usher::scenario {
namespace {

constexpr std::size_t buffer_bytes = 256 * 1024;
constexpr std::size_t line_bytes_max = protocol::frame_bytes_ceiling + 1;

}  // namespace

LineSource::LineSource(gzFile_s* file, std::string name, std::uint64_t size_bytes)
    : file_(file), name_(std::move(name)), size_bytes_(size_bytes), buffer_(buffer_bytes) {}

LineSource::LineSource(LineSource&& other) noexcept
    : file_(std::exchange(other.file_, nullptr)),
      name_(std::move(other.name_)),
      size_bytes_(other.size_bytes_),
      line_number_(other.line_number_),
      buffer_(std::move(other.buffer_)),
      at_(other.at_),
      end_(other.end_),
      line_(std::move(other.line_)) {}

LineSource::~LineSource() {
    if (file_ != nullptr) gzclose_r(file_);
}

Result<LineSource> LineSource::open(const std::string& path) {
    const bool standard_input = path.empty() || path == "-";
    const std::string name = standard_input ? "standard input" : path;
    const int fd = standard_input ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                  : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return system_fault(ExitCode::io, "cannot open " + name, errno);
    struct stat status {};
    if (::fstat(fd, &status) != 0 || S_ISDIR(status.st_mode)) {
        const int error = S_ISDIR(status.st_mode) ? EISDIR : errno;
        ::close(fd);
        return system_fault(ExitCode::io, "cannot read " + name, error);
    }
    gzFile file = gzdopen(fd, "rb");
    if (file == nullptr) {
        ::close(fd);
        return fault(ExitCode::io, "cannot read " + name + ": out of memory");
    }
    const auto size = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
    return LineSource(file, name, size);
}

Fault LineSource::read_fault() const {
    const int io_error = errno;
    int code = Z_OK;
    const char* what = gzerror(file_, &code);
    if (code == Z_ERRNO) return system_fault(ExitCode::io, "cannot read " + name_, io_error);
    return fault(ExitCode::data,
                 name_ + " is damaged behind line " + std::to_string(line_number_) + ": " + what);
}

/// False at the end of the source.
Result<bool> LineSource::fill() {
    const int got = gzread(file_, buffer_.data(), static_cast<unsigned>(buffer_.size()));
    if (got < 0) return read_fault();
    if (got == 0) {
        // A gzip stream that was cut off ends like any other, but leaves a complaint.
        int code = Z_OK;
        gzerror(file_, &code);
        if (code != Z_OK) return read_fault();
        return false;
    }
    at_ = 0;
    end_ = static_cast<std::size_t>(got);
    return true;
}

Result<std::optional<std::string_view>> LineSource::next() {
    line_.clear();
    bool begun = false;
    while (true) {
        if (at_ == end_) {
            const auto more = fill();
            if (!more) return more.error();
            if (!*more) break;
        }
        begun = true;
        const char* from = buffer_.data() + at_;
        const auto* line_end = static_cast<const char*>(std::memchr(from, '\n', end_ - at_));
        const auto size =
            line_end == nullptr ? end_ - at_ : static_cast<std::size_t>(line_end - from);
        at_ += size + (line_end == nullptr ? 0 : 1);
        if (line_.empty() && line_end != nullptr && size <= line_bytes_max) {
            ++line_number_;
            return std::optional(std::string_view(from, size));
        }
        line_.append(from, std::min(size, line_bytes_max - line_.size()));
        if (line_end != nullptr) break;
    }
    if (!begun) return std::optional<std::string_view>{};
    ++line_number_;
    return std::optional(std::string_view(line_));
}

std::optional<double> LineSource::progress() const {
    if (size_bytes_ == 0) return std::nullopt;
    const auto unread = gzdirect(file_) != 0 ? end_ - at_ : 0;
    const auto read = static_cast<double>(gzoffset(file_)) - static_cast<double>(unread);
    return read / static_cast<double>(size_bytes_);
}

}  // namespace usher::scenario
