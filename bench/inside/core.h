// One core of usherd without sockets: its desk and its shard, fed with request frames from memory
// and read by a tray that only counts. What is measured here is what usherd adds to the kernel.
// One thread owns it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/load/work.h"
#include "net/shard_desk.h"
#include "protocol/batch.h"
#include "shard/shard.h"

namespace usher::bench {

struct InsideOptions {
    std::uint32_t agents = 1000;
    std::uint32_t ask_skills = 3;
    std::uint32_t accounts = 1;
    std::uint64_t open = 0;          ///< tickets of a core that stay open all the time
    std::uint32_t connections = 32;  ///< reads in a turn
    std::uint32_t depth = 16;        ///< requests in a read
    std::uint32_t batch = 1;         ///< requests in a frame
    std::uint32_t window_ms = 500;
    std::uint32_t turns = 0;  ///< of a window, whatever they take; 0: as many as fit window_ms
};

class InsideCore {
  public:
    /// `office` has a mailbox for this core; accounts are named so that they live on `shard`, which
    /// is the core's own.
    InsideCore(std::uint32_t number, net::Office& office, const InsideOptions& options,
               std::unique_ptr<shard::Shard> shard);

    /// The tickets that stay open, and some turns that are not measured.
    void warm_up();

    struct Window {
        std::uint64_t requests = 0;
        std::uint64_t cpu_ns = 0;
    };
    /// As many turns as fit; only usherd's own work is on the clock.
    Window measure();

  private:
    class Tray final : public net::ReplyPort {
      public:
        void deliver(std::uint64_t session, std::span<const std::byte> frame) override;
        std::uint64_t replies = 0;

      private:
        protocol::ReplyParser parser_;
    };

    void apply_rosters(shard::Shard& shard);
    void open_tickets();
    void write(Verb verb, std::uint64_t ticket, std::uint32_t account);
    void write_turn();
    void end_read();
    void take_turn();
    void take_frame(const protocol::Frame& frame);
    void take_measured_turn();
    std::uint32_t account_of(std::uint64_t ticket) const;

    std::uint32_t number_;
    const InsideOptions& options_;
    Work work_;
    std::vector<std::string> accounts_;
    net::Counters counters_;
    net::Bell bell_;
    Tray tray_;
    net::ShardDesk desk_;
    protocol::BatchWriter batch_;
    std::vector<std::byte> request_;
    std::vector<std::byte> frames_;  ///< of one turn, one read behind the other
    std::vector<std::size_t> read_ends_;
    std::uint64_t requests_ = 0;
    std::uint64_t next_ticket_;
    std::uint64_t first_ = 0;  ///< ticket of the rounds
};

}  // namespace usher::bench
