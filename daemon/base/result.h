// What a function gives back when the world may fail it: a value, or a Fault. (A request that is
// refused is a *reject*, a value of the engine; a broken invariant is a bug, see expect.h.)
// boost::system::result stands behind it because std::expected is not in C++20.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <utility>

namespace usher {

/// How a program ends because of a fault: the codes of sysexits.h that usherd documents.
enum class ExitCode : int {
    usage = 64,        ///< used wrongly
    data = 65,         ///< a corrupt file, or one of an unknown version
    unavailable = 69,  ///< a server that should be there cannot be reached
    memory = 71,       ///< the system gave no memory, or no thread
    cannot_create = 73,
    io = 74,      ///< the disk said no
    locked = 75,  ///< somebody else has the data directory
    config = 78,  ///< a configuration that cannot be used
};

/// Something outside of us failed. The message is for people: what, where, what to do.
struct Fault {
    ExitCode code = ExitCode::io;
    std::string message;
};

/// Called by boost when value() is asked of a fault: a bug, never a way of control flow.
[[noreturn]] void throw_exception_from_error(const Fault& fault, const boost::source_location& at);

template <class T>
using Result = boost::system::result<T, Fault>;

inline Fault fault(ExitCode code, std::string message) {
    return {code, std::move(message)};
}

/// A fault of the operating system: "WHAT: strerror(error)".
Fault system_fault(ExitCode code, std::string what, int error);

}  // namespace usher
