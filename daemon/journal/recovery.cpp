#include "journal/recovery.h"

#include "journal/journal_reading.h"

namespace usher::journal {

Result<Recovered> recover(Disk& disk, int directory_fd, const std::string& directory_name,
                          const Identity& identity, std::uint64_t after_seq, RecordSink& sink) {
    JournalReading reading{disk, directory_fd, directory_name, identity, sink};
    if (auto done = reading.run(after_seq, false); !done) return done.error();
    return reading.found();
}

}  // namespace usher::journal
