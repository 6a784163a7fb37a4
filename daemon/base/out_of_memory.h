// The end of a program that is given no memory: one line that says so, and exit code 71, at once.
// Nothing is unwound and nothing more is answered, so it is as after kill -9: what was acknowledged
// is in the journal (docs/decisions/0014). Any thread; nothing here allocates.
#pragma once

namespace usher {

[[noreturn]] void end_out_of_memory();

/// From now on that is how it ends if `new` finds nothing, or the system has no thread for us.
void end_by_name_when_out_of_memory();

}  // namespace usher
