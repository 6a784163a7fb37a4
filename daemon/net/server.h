// The cores of a daemon and what holds them together: their sockets, threads and desks. Built, made
// to listen, run, stopped by one thread (main); everything else happens on the cores.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "net/address.h"
#include "net/limits.h"
#include "protocol/answer.h"

namespace usher::net {

class Bell;
class Core;
class Descriptor;
class Desk;
class ReplyPort;
struct Counters;
struct Crew;
struct Listening;
class SocketFile;

class Server {
  public:
    /// `limits` must outlive it. `spin`: the cores look for work all the time and never sleep. A
    /// fault (io): the machine has no descriptor left for the cores.
    static Result<std::unique_ptr<Server>> create(std::uint32_t cores, const Limits& limits,
                                                  bool spin = false);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// By core.
    const std::vector<Bell*>& bells() const;

    /// Where the desk of a core finds its core's things.
    struct Place {
        std::uint32_t core;
        ReplyPort& sessions;
        Counters& counters;
        Bell& bell;
    };
    using MakeDesk = std::function<std::unique_ptr<Desk>(Place)>;
    void furnish(const MakeDesk& make_desk);

    /// Opens all of them or none. What they are then (with the real ports) is in endpoints().
    Result<void> listen(const std::vector<Address>& addresses);
    const std::vector<std::string>& endpoints() const { return endpoints_; }

    struct CoreEndpoint {
        std::uint32_t core = 0;
        Address address;
    };
    /// For each address and each core another one that only this core accepts on, so that who knows
    /// an account's core need not be carried there. In the order of the cores.
    Result<void> listen_at_cores(const std::vector<Address>& addresses);
    const std::vector<CoreEndpoint>& core_endpoints() const { return core_endpoints_; }

    /// One thread a core. A fault of any of them goes to `on_fault`, on that thread, at once:
    /// nothing may leave the daemon any more.
    using OnFault = std::function<void(const Fault&)>;
    void start(OnFault on_fault);

    /// Accepts nothing more, answers what is in flight (at most drain_seconds), closes the desks.
    /// Returns when all threads have ended; then the sockets' files are gone too.
    void stop();

    /// Sums over all cores, and the figures of the program; any thread.
    void status(std::vector<protocol::StatusEntry>& out) const;

  private:
    Server(std::uint32_t cores, const Limits& limits, bool spin);
    Result<Listening> open(const Address& address, std::uint32_t sockets);
    enum class Whose : std::uint8_t { who_accepts, of_all_in_turn };
    /// The core accepts on the socket; `whose`: what comes of it.
    Result<void> accept_at(std::uint32_t core, Descriptor socket, Whose whose);

    std::unique_ptr<Crew> crew_;
    std::vector<std::unique_ptr<Desk>> desks_;
    std::vector<std::unique_ptr<Core>> cores_;  ///< go before the desks: their sessions use them
    std::vector<std::string> endpoints_;
    std::vector<CoreEndpoint> core_endpoints_;
    std::vector<SocketFile> socket_files_;
    std::vector<std::thread> threads_;
    std::uint32_t next_core_ = 0;  ///< of core 0's thread: where the next unix
                                   ///< connection goes
};

}  // namespace usher::net
