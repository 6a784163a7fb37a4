#include "base/result.h"

#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace usher {

void throw_exception_from_error(const Fault& fault, const boost::source_location& at) {
    std::fprintf(stderr, "usher: the value of a fault was asked for at %s:%u: %s\n", at.file_name(),
                 static_cast<unsigned>(at.line()), fault.message.c_str());
    std::abort();
}

Fault system_fault(ExitCode code, std::string what, int error) {
    return {code, std::move(what) + ": " + std::generic_category().message(error)};
}

}  // namespace usher
