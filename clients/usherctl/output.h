// Where answers go: standard output or a file, through one buffer. The first write that fails is
// kept and told by finish(); what is written after it is dropped. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace usher::ctl {

class Output {
  public:
    /// "-" or an empty path is standard output. Faults: ExitCode::io.
    static Result<Output> open(const std::string& path);
    static Output standard();
    Output(Output&& other) noexcept;
    Output& operator=(Output&&) = delete;
    ~Output();

    /// For whoever composes a piece of output: append here, then call written().
    std::string& buffer() { return buffer_; }
    void written() {
        if (buffer_.size() >= flush_bytes) flush();
    }
    void write(std::string_view text) {
        buffer_ += text;
        written();
    }
    void flush();

    /// Flushes and says whether everything was written.
    Result<void> finish();

    bool is_terminal() const;

  private:
    static constexpr std::size_t flush_bytes = 64 * 1024;

    Output(int fd, bool owned, std::string name);

    int fd_;
    bool owned_;
    std::string name_;
    std::string buffer_;
    std::optional<Fault> fault_;
};

}  // namespace usher::ctl
