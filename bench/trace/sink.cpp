#include "bench/trace/sink.h"

#include <zlib.h>

#include <cerrno>
#include <utility>

namespace usher::bench {

Result<Sink> Sink::open(const std::string& path, bool gzip) {
    Sink sink(path);
    if (gzip)
        sink.gzip_ = gzopen(path.c_str(), "wb6");
    else
        sink.plain_ = std::fopen(path.c_str(), "wb");
    if (sink.gzip_ == nullptr && sink.plain_ == nullptr)
        return system_fault(ExitCode::cannot_create, "cannot write " + path, errno);
    sink.buffer_.reserve(flush_bytes + 4096);
    return sink;
}

Sink::Sink(Sink&& other) noexcept
    : path_(std::move(other.path_)),
      plain_(std::exchange(other.plain_, nullptr)),
      gzip_(std::exchange(other.gzip_, nullptr)),
      buffer_(std::move(other.buffer_)),
      flushed_(other.flushed_),
      fault_(std::move(other.fault_)) {}

Sink::~Sink() {
    if (plain_ != nullptr) std::fclose(plain_);
    if (gzip_ != nullptr) gzclose(gzip_);
}

void Sink::flush() {
    flushed_ += buffer_.size();
    if (!fault_ && !buffer_.empty()) {
        errno = 0;
        const auto written = gzip_ != nullptr
                                 ? gzfwrite(buffer_.data(), 1, buffer_.size(), gzip_)
                                 : std::fwrite(buffer_.data(), 1, buffer_.size(), plain_);
        if (written != buffer_.size())
            fault_ = system_fault(ExitCode::io, "writing " + path_ + " failed", errno);
    }
    buffer_.clear();
}

Result<void> Sink::close() {
    flush();
    errno = 0;
    const bool closed = gzip_ != nullptr ? gzclose(gzip_) == Z_OK : std::fclose(plain_) == 0;
    const auto error = errno;
    gzip_ = nullptr;
    plain_ = nullptr;
    if (!closed && !fault_)
        fault_ = system_fault(ExitCode::io, "writing " + path_ + " failed", error);
    if (fault_) return *fault_;
    return {};
}

}  // namespace usher::bench
