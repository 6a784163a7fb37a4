#include "clients/scenario/file_text.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace usher::scenario {
namespace {

/// Rosters are the largest files that are read whole; one beyond this is a mistake.
constexpr std::size_t file_bytes_max = 256UL * 1024 * 1024;

struct OpenFile {
    int fd;
    ~OpenFile() {
        if (fd >= 0) ::close(fd);
    }
};

}  // namespace

Result<std::string> file_text(const std::filesystem::path& path) {
    const OpenFile file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.fd < 0) return system_fault(ExitCode::io, "cannot open " + path.string(), errno);
    std::string text;
    std::array<char, 65536> part;
    while (true) {
        const auto got = ::read(file.fd, part.data(), part.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_fault(ExitCode::io, "cannot read " + path.string(), errno);
        if (got == 0) return text;
        text.append(part.data(), static_cast<std::size_t>(got));
        if (text.size() > file_bytes_max) {
            return fault(ExitCode::io, path.string() + " is larger than 256 MiB");
        }
    }
}

Result<std::vector<NamedText>> named_texts(const std::filesystem::path& folder,
                                           const std::vector<std::string>& paths) {
    std::vector<NamedText> texts;
    for (const auto& path : paths) {
        auto text = file_text(folder / path);
        if (!text) return text.error();
        texts.push_back({path, std::move(*text)});
    }
    return texts;
}

protocol::Answer unreadable_roster(const Fault& fault, std::int64_t at_ms) {
    protocol::Answer answer;
    answer.refuse(protocol::Reject::bad_field, "roster: " + fault.message);
    answer.at_ms = at_ms;
    return answer;
}

}  // namespace usher::scenario
