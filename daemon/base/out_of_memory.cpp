#include "base/out_of_memory.h"

#include <unistd.h>

#include <exception>
#include <new>
#include <string_view>
#include <system_error>

#include "base/result.h"

namespace usher {
namespace {

std::terminate_handler terminate_as_before = nullptr;

/// A thread that cannot be had is reported by an exception, and a C library's want of memory may
/// be.
void terminate_by_name() {
    if (const auto thrown = std::current_exception()) {
        try {
            std::rethrow_exception(thrown);
        } catch (const std::bad_alloc&) {
            end_out_of_memory();
        } catch (const std::system_error& error) {
            if (error.code() == std::errc::resource_unavailable_try_again ||
                error.code() == std::errc::not_enough_memory)
                end_out_of_memory();
        } catch (...) {  // a bug, and ends as one
        }
    }
    terminate_as_before();
}

}  // namespace

void end_out_of_memory() {
    constexpr std::string_view line = "usher: out of memory; nothing more is answered\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    ::_exit(static_cast<int>(ExitCode::memory));
}

void end_by_name_when_out_of_memory() {
    std::set_new_handler(end_out_of_memory);
    terminate_as_before = std::set_terminate(terminate_by_name);
}

}  // namespace usher
