#include "net/server.h"

#include <algorithm>
#include <utility>

#include "base/expect.h"
#include "net/core.h"
#include "net/listening.h"
#include "net/memory.h"

namespace usher::net {

Server::Server(std::uint32_t cores, const Limits& limits, bool spin)
    : crew_(std::make_unique<Crew>(cores, spin)) {
    for (std::uint32_t core = 0; core < cores; ++core)
        cores_.push_back(std::make_unique<Core>(core, limits, *crew_));
}

Server::~Server() {
    EXPECT(threads_.empty());
}

/// Asio throws when epoll has no room; no exception leaves here.
Result<std::unique_ptr<Server>> Server::create(std::uint32_t cores, const Limits& limits,
                                               bool spin) {
    try {
        return std::unique_ptr<Server>(new Server(cores, limits, spin));
    } catch (const boost::system::system_error& error) {
        return fault(ExitCode::io, std::string("cannot set up the cores: ") + error.what() +
                                       "; is LimitNOFILE too low?");
    }
}

const std::vector<Bell*>& Server::bells() const {
    return crew_->bells;
}

void Server::furnish(const MakeDesk& make_desk) {
    EXPECT(desks_.empty());
    for (auto& core : cores_) {
        desks_.push_back(make_desk({core->number(), *core, core->counters(), core->bell()}));
        core->use(*desks_.back());
    }
}

Result<Listening> Server::open(const Address& address, std::uint32_t sockets) {
    auto listening = listen_on(address, sockets);
    if (!listening) return listening;
    if (const auto* made = std::get_if<UnixAddress>(&listening->address))
        socket_files_.emplace_back(made->path);
    return listening;
}

Result<void> Server::listen(const std::vector<Address>& addresses) {
    std::vector<Listening> opened;
    for (const auto& address : addresses) {
        auto listening = open(address, crew_->cores);
        if (!listening) return listening.error();
        opened.push_back(std::move(*listening));
    }
    for (auto& listening : opened) {
        endpoints_.push_back(endpoint_line(listening.address));
        // The kernel deals TCP connections to the cores; those of a unix socket are dealt here.
        const auto whose = std::holds_alternative<TcpAddress>(listening.address)
                               ? Whose::who_accepts
                               : Whose::of_all_in_turn;
        for (std::uint32_t core = 0; core < listening.sockets.size(); ++core)
            if (auto awaited = accept_at(core, std::move(listening.sockets[core]), whose); !awaited)
                return awaited;
    }
    return {};
}

Result<void> Server::listen_at_cores(const std::vector<Address>& addresses) {
    for (const auto& core : cores_)
        for (const auto& address : addresses) {
            const auto wanted = address_of_core(address, core->number());
            if (const auto* wrong = std::get_if<std::string>(&wanted))
                return fault(ExitCode::cannot_create,
                             "core_endpoints: " + endpoint_line(address) + " " + *wrong);
            auto listening = open(std::get<Address>(wanted), 1);
            if (!listening) return listening.error();
            core_endpoints_.push_back({core->number(), listening->address});
            auto awaited = accept_at(core->number(), std::move(listening->sockets.front()),
                                     Whose::who_accepts);
            if (!awaited) return awaited;
        }
    return {};
}

Result<void> Server::accept_at(std::uint32_t core, Descriptor socket, Whose whose) {
    auto& at = *cores_[core];
    try {
        if (whose == Whose::who_accepts)
            at.listen(std::move(socket),
                      [&at](Descriptor connection) { at.adopt(std::move(connection)); });
        else
            at.listen(std::move(socket), [this, core](Descriptor connection) {
                const auto to = next_core_++ % crew_->cores;
                if (to == core) return cores_[to]->adopt(std::move(connection));
                cores_[to]->adopt_from_afar(std::move(connection));
            });
    } catch (const boost::system::system_error& error) {
        return fault(ExitCode::io, std::string("cannot wait for connections: ") + error.what());
    }
    return {};
}

void Server::start(OnFault on_fault) {
    EXPECT(threads_.empty() && desks_.size() == cores_.size());
    for (auto& core : cores_)
        threads_.emplace_back([&core = *core, on_fault] {
            if (const auto ended = core.run(); !ended) on_fault(ended.error());
        });
}

void Server::stop() {
    crew_->stopping.store(true, std::memory_order_release);
    crew_->ring_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    socket_files_.clear();
}

void Server::status(std::vector<protocol::StatusEntry>& out) const {
    const auto say = [&out](const char* name, std::string value) {
        out.push_back({"daemon", name, std::move(value)});
    };
    say("cores", std::to_string(crew_->cores));
    each_count(cores_.front()->counters(), [&](const char* name, const Count&) {
        std::uint64_t sum = 0;
        for (const auto& core : cores_)
            each_count(core->counters(), [&](const char* other, const Count& count) {
                if (std::string_view(other) == name) sum += count.value();
            });
        say(name, std::to_string(sum));
    });
    say("allocator", allocator_name());
    const auto figures = memory_figures();
    if (!figures) return;
    std::uint64_t ever = 0;
    for (const auto& core : cores_) ever += read_ever_allocated(core->ever_allocated());
    say("allocated_bytes", std::to_string(figures->allocated_bytes));
    say("resident_bytes", std::to_string(figures->resident_bytes));
    say("allocations", std::to_string(figures->allocations));
    say("cores_ever_allocated_bytes", std::to_string(ever));
}

}  // namespace usher::net
