// Where the lines of a scenario or trace come from: a file, plain or gzipped (its content says
// which), or standard input. Reads ahead by one buffer; a line is held whole, up to a bound.
// One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct gzFile_s;

namespace usher::scenario {

class LineSource {
  public:
    /// "-" or an empty path is standard input. Faults: ExitCode::io.
    static Result<LineSource> open(const std::string& path);
    LineSource(LineSource&& other) noexcept;
    LineSource& operator=(LineSource&&) = delete;
    ~LineSource();

    /// The next line without its end; nothing at the end of the source. The view stands until the
    /// next call. Faults: ExitCode::io, or ExitCode::data for a damaged or cut-off gzip stream.
    /// A line longer than any request may be comes cut to that bound plus one byte.
    Result<std::optional<std::string_view>> next();

    /// The number of the line that next() gave last, from 1.
    std::uint64_t line_number() const { return line_number_; }

    /// How much of the file was read, 0 to 1; nothing where its size is unknown.
    std::optional<double> progress() const;

    const std::string& name() const { return name_; }

  private:
    LineSource(gzFile_s* file, std::string name, std::uint64_t size_bytes);
    Result<bool> fill();
    Fault read_fault() const;

    gzFile_s* file_;
    std::string name_;
    std::uint64_t size_bytes_;
    std::uint64_t line_number_ = 0;
    std::vector<char> buffer_;
    std::size_t at_ = 0;
    std::size_t end_ = 0;
    std::string line_;
};

}  // namespace usher::scenario
