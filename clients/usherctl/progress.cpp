#include "clients/usherctl/progress.h"

#include <unistd.h>

#include <cstdio>

namespace usher::ctl {
namespace {

constexpr std::uint64_t lines_between_looks = 256;
constexpr auto terminal_interval = std::chrono::milliseconds(200);
constexpr auto log_interval = std::chrono::seconds(2);

}  // namespace

Progress::Progress(bool asked_for)
    : shown_(asked_for || ::isatty(STDERR_FILENO) == 1),
      on_terminal_(::isatty(STDERR_FILENO) == 1) {
    next_ += on_terminal_ ? Clock::duration(terminal_interval) : Clock::duration(log_interval);
}

double Progress::seconds() const {
    return std::chrono::duration<double>(Clock::now() - begin_).count();
}

void Progress::at(std::uint64_t lines, std::optional<double> done) {
    if (!shown_ || lines % lines_between_looks != 0) return;
    const auto now = Clock::now();
    if (now < next_) return;
    next_ =
        now + (on_terminal_ ? Clock::duration(terminal_interval) : Clock::duration(log_interval));
    const double elapsed = seconds();
    std::fprintf(stderr, "%s%llu lines, %.0f/s", on_terminal_ ? "\r\x1b[K" : "",
                 static_cast<unsigned long long>(lines), static_cast<double>(lines) / elapsed);
    if (done && *done > 0) {
        std::fprintf(stderr, ", %.0f %%, %.0f s to go", *done * 100, elapsed / *done - elapsed);
    }
    if (!on_terminal_) std::fputc('\n', stderr);
    printed_ = true;
}

void Progress::finish() {
    if (printed_ && on_terminal_) std::fputs("\r\x1b[K", stderr);
    printed_ = false;
}

}  // namespace usher::ctl
