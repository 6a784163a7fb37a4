// usherd's flags. They win over the configuration file.
#pragma once

#include <optional>
#include <string>

#include "config.h"

namespace usher {

struct CommandLine {
    std::string config_file;  ///< empty: none
    bool check_config = false;
    Settings flags;  ///< only what flags have said
};

/// What is to be done; or, when `exit_code` is set, nothing: the text was all (help, version, or
/// what is wrong).
struct ParsedCommandLine {
    CommandLine command;
    std::optional<int> exit_code;
    std::string output;  ///< for standard output
    std::string error;   ///< for standard error
};

ParsedCommandLine parse_command_line(int argc, const char* const* argv, const std::string& version);

/// The file's settings with the flags' on top.
Settings override_settings(Settings file, const Settings& flags);

}  // namespace usher
