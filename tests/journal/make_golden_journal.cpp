// make_golden_journal DIRECTORY: makes the journal that golden_test reads. It was run once by the
// version that introduced format 1 (v1), and once when segments got their indexes (v1-indexed);
// what it made is committed and never made again.

#include "journal/directory.h"
#include "journal/segment.h"
#include "journal/snapshot.h"
#include "tests/journal/golden.h"
#include "tests/journal/workload.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace {

using namespace usher;
using namespace usher::journal;
using namespace usher::journal::testing;

template <class T>
T need(Result<T> result) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
}
void need(const Result<void>& result) {
    if (result) return;
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
}

std::unique_ptr<Writer> go_on(const DataDirectory& data) {
    CheckingSink sink;
    const auto recovered = need(
        recover(posix_disk(), data.shard_fd(0), data.shard_name(0), data.identity(0), 0, sink));
    return need(Writer::open(posix_disk(), data.shard_fd(0), data.shard_name(0), data.identity(0),
                             small_options(), recovered));
}

void write_up_to(Writer& writer, std::uint64_t seq) {
    while (writer.last_seq() < seq) {
        const auto batch =
            std::min<std::uint64_t>(1 + writer.last_seq() % 7, seq - writer.last_seq());
        need(write_batch(writer, batch, golden::record_bytes));
        need(writer.sync());
    }
}

/// Overwrites the end of the last batch: what a power cut does to one that nobody waited for.
void tear(const std::string& segment) {
    std::fstream file(segment, std::ios::in | std::ios::out | std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    const auto last = bytes.find_last_not_of('\0');
    file.seekp(static_cast<std::streamoff>(last));
    file.put(static_cast<char>(bytes[last] ^ 0x55));
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::fprintf(stderr, "make_golden_journal DIRECTORY\n");
        return 64;
    }
    const std::string path = arguments[1];
    DirectoryOptions options;
    options.path = path;
    options.now = Instant{1'767'225'600'000};
    const auto data = need(DataDirectory::open(options));
    const auto first_segment = data->shard_name(0) + "/journal/" + numbered_name(1, segment_suffix);
    {
        const auto writer = go_on(*data);
        write_up_to(*writer, 30);
        need(write_batch(*writer, 5, golden::record_bytes));
        need(write_batch(*writer, 1, golden::record_bytes));
    }
    tear(first_segment);
    const auto torn = std::filesystem::file_size(first_segment);
    {
        const auto writer = go_on(*data);
        write_up_to(*writer, 150);
        auto snapshot =
            need(SnapshotWriter::begin(posix_disk(), data->shard_fd(0), data->shard_name(0),
                                       data->identity(0), golden::snapshot_seq, Instant{40'000}));
        const std::vector<std::byte> image(golden::snapshot_bytes, std::byte{0x2A});
        need(snapshot->append(image));
        need(snapshot->finish(golden::snapshot_digest));
    }
    {
        const auto writer = go_on(*data);
        write_up_to(*writer, golden::last_seq);
        need(writer->close());
    }
    std::printf("made %s; segment 1 was %ju bytes when it was torn\n", path.c_str(),
                static_cast<std::uintmax_t>(torn));
    return 0;
}
