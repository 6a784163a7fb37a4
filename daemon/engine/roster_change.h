// A roster is applied (rule 41): compared with what stands, refused if it takes away what is in
// use, else turned into facts: parts of its encoding, then the commit that makes them count.
#pragma once

#include "engine/engine.h"
#include "engine/step.h"

namespace usher::engine {

/// The step's account is the roster's, new or not.
void change_roster(Step& step, const AccountDefinition& incoming, const RosterFlags& flags);

}  // namespace usher::engine
