// What the journal costs: a batch of `records` facts of 100 bytes, written, and written and synced;
// and reading such facts back, every checksum included. In $TMPDIR (or /var/tmp): the disk under it
// is part of the answer.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/expect.h"
#include "journal/directory.h"
#include "journal/writer.h"

namespace usher::bench {
namespace {

constexpr Instant now{1'700'000'000'000};

class NoSink final : public journal::RecordSink {
  public:
    Result<void> record(std::uint64_t, Instant, std::span<const std::byte>) override { return {}; }
};

/// A data directory with a writer on its only shard; gone with the object.
class Place {
  public:
    explicit Place(journal::Mode mode) {
        const auto* parent = std::getenv("TMPDIR");
        std::string pattern =
            std::string(parent == nullptr ? "/var/tmp" : parent) + "/usher-journal-bench-XXXXXX";
        EXPECT(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
        journal::DirectoryOptions where;
        where.path = path_ + "/data";
        where.now = now;
        auto directory = journal::DataDirectory::open(where);
        EXPECT(directory.has_value());
        directory_ = std::move(*directory);
        journal::Options options;
        options.mode = mode;
        auto writer = journal::Writer::open(journal::posix_disk(), directory_->shard_fd(0),
                                            directory_->shard_name(0), directory_->identity(0),
                                            options, recovered());
        EXPECT(writer.has_value());
        writer_ = std::move(*writer);
    }
    ~Place() {
        writer_.reset();
        directory_.reset();
        std::filesystem::remove_all(path_);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    journal::Writer& writer() { return *writer_; }

    /// Reads all that has been written.
    journal::Recovered recovered() {
        NoSink sink;
        auto read = journal::recover(journal::posix_disk(), directory_->shard_fd(0),
                                     directory_->shard_name(0), directory_->identity(0), 0, sink);
        EXPECT(read.has_value());
        return std::move(*read);
    }

  private:
    std::string path_;
    std::unique_ptr<journal::DataDirectory> directory_;
    std::unique_ptr<journal::Writer> writer_;
};

void batch(benchmark::State& state, journal::Mode mode) {
    Place place(mode);
    const std::vector<std::byte> record(100, std::byte{0x42});
    std::uint64_t seq = 0;
    for (auto _ : state) {
        for (auto left = state.range(0); left > 0; --left)
            place.writer().append(record, {0, ++seq});
        EXPECT(place.writer().write(now).has_value());
        if (mode == journal::Mode::synced) EXPECT(place.writer().sync().has_value());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK_CAPTURE(batch, written, journal::Mode::written)
    ->ArgName("records")
    ->Arg(1)
    ->Arg(16)
    ->Arg(256)
    ->UseRealTime()
    ->MinTime(0.3);
BENCHMARK_CAPTURE(batch, synced, journal::Mode::synced)
    ->ArgName("records")
    ->Arg(1)
    ->Arg(16)
    ->Arg(256)
    ->UseRealTime()
    ->MinTime(0.3);

/// From the disk, past the cache: 62,500 batches of 16.
void recover(benchmark::State& state) {
    constexpr std::uint64_t batches = 62'500;
    const std::vector<std::byte> record(100, std::byte{0x42});
    Place place(journal::Mode::written);
    std::uint64_t seq = 0;
    for (std::uint64_t n = 0; n < batches; ++n) {
        for (int i = 0; i < 16; ++i) place.writer().append(record, {0, ++seq});
        EXPECT(place.writer().write(now).has_value());
    }
    EXPECT(place.writer().sync().has_value());
    for (auto _ : state) EXPECT(place.recovered().records == seq);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(seq));
}
BENCHMARK(recover)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace usher::bench
