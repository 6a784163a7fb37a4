// A file that is written from front to back, plain or gzip, through one buffer. The first failure
// is kept and told by `close`; what is written after it goes nowhere. Gzip carries no time stamp,
// so that equal contents are equal files.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct gzFile_s;

namespace usher::bench {

class Sink {
  public:
    /// Makes or replaces the file.
    static Result<Sink> open(const std::string& path, bool gzip);

    Sink(Sink&& other) noexcept;
    Sink& operator=(Sink&&) = delete;
    ~Sink();

    void append(std::string_view text) {
        buffer_.append(text);
        if (buffer_.size() >= flush_bytes) flush();
    }

    /// Bytes appended so far, before any compression.
    std::uint64_t bytes() const { return flushed_ + buffer_.size(); }
    bool failed() const { return fault_.has_value(); }

    /// Writes the rest. Says what failed, if anything ever did.
    Result<void> close();

  private:
    static constexpr std::size_t flush_bytes = 256 * 1024;

    explicit Sink(std::string path) : path_(std::move(path)) {}
    void flush();

    std::string path_;
    std::FILE* plain_ = nullptr;  // one of the two
    gzFile_s* gzip_ = nullptr;
    std::string buffer_;
    std::uint64_t flushed_ = 0;
    std::optional<Fault> fault_;
};

}  // namespace usher::bench
