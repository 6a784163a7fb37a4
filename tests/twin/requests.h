// What each request does (rules 25 to 34, 42) and shows. Each takes the world at the instant of
// the line and a well-formed line; it gives the answer's fields from `outcome` on, or throws a
// Refusal before it has changed anything. The exceptions are `apply` and reading of lines: apply.h.
#pragma once

#include <boost/json/object.hpp>

#include "tests/twin/fields.h"
#include "tests/twin/world.h"

namespace usher::twin {

using Object = boost::json::object;

// Requests about one ticket.
Object route(World& world, const Line& line);
Object explain(const World& world, const Line& line);
Object assign(World& world, const Line& line);
Object assign_conversation(World& world, const Line& line);
Object reply(World& world, const Line& line);
Object update(World& world, const Line& line);
Object import(World& world, const Line& line);
Object transfer(World& world, const Line& line);
Object handoff(World& world, const Line& line);
Object missed(World& world, const Line& line);

// Requests about its status.
Object email_sent(World& world, const Line& line);
Object contact_reply(World& world, const Line& line);
Object set_status(World& world, const Line& line);
Object close(World& world, const Line& line);
Object reopen(World& world, const Line& line);

// Settings.
Object availability(World& world, const Line& line);
Object absence(World& world, const Line& line);
Object capacity(World& world, const Line& line);
Object channel(World& world, const Line& line);

// Queries.
Object get_ticket(World& world, const Line& line);
Object get_agent(World& world, const Line& line);
Object backlog(World& world, const Line& line);
Object tickets(World& world, const Line& line);
Object tick(World& world, const Line& line);

/// The ticket reaches a status of its pipeline, whatever it had (rules 30 and 33).
Object reach_status(World& world, Ticket& ticket, const Status& status);

/// A part of a list by `limit` and `after`, with `total` and `next`.
void add_list(Object& answer, const Line& line, const char* name, const boost::json::array& all);

/// `drained` of availability and capacity answers.
void add_drained(Object& answer, const Line& line, const Keys& drained);

}  // namespace usher::twin
