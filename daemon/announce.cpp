#include "announce.h"

#include <systemd/sd-daemon.h>

#include <cstdio>

namespace usher {

Result<void> announce_ready(const std::vector<std::string>& endpoints,
                            journal::DataDirectory& directory) {
    std::string file;
    for (const auto& endpoint : endpoints) file += endpoint + "\n";
    if (auto written = directory.write_endpoints(file); !written) return written;
    for (const auto& endpoint : endpoints) std::printf("listening %s\n", endpoint.c_str());
    std::fflush(stdout);
    const auto status =
        "READY=1\nSTATUS=listening on " + std::to_string(endpoints.size()) + " address(es)";
    sd_notify(0, status.c_str());
    return {};
}

void announce_stopping() {
    sd_notify(0, "STOPPING=1\nSTATUS=answering what is in flight");
}

void announce_recovering(std::uint64_t facts) {
    // Until the next word of it: far longer than a second, since the disk may be slow.
    const auto status = "STATUS=recovering, " + std::to_string(facts) +
                        " facts so far\nEXTEND_TIMEOUT_USEC=60000000";
    sd_notify(0, status.c_str());
}

}  // namespace usher
