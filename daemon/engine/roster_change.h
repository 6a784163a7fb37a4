// A roster is applied (rule 41): compared with what stands, refused if it takes away what is in
// use, else turned into facts: parts of its encoding, then the commit that makes them count.
#pragma once

#include <string_view>

#include "engine/engine.h"

namespace usher::engine {

struct RosterChange {
    std::string_view account;
    const AccountDefinition& incoming;
    RosterFlags flags;
    Instant now;
};

void change_roster(Engine& engine, const RosterChange& change, FactLog& log, Scratch& scratch,
                   protocol::Answer& answer);

}  // namespace usher::engine
