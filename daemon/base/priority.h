// How much of a processor a thread gets when others want it too.
#pragma once

namespace usher {

/// The calling thread alone goes behind those with a smaller value, 0 to 19. Without the right to
/// it, it goes on as it is.
void lower_own_priority(int nice_value);

}  // namespace usher
