#include "base/priority.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace usher {

void lower_own_priority(int nice_value) {
    // Of this thread alone: that is how Linux takes it.
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), nice_value);
}

}  // namespace usher
