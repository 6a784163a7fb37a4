// The whole of a file as text; the files that an `apply` names.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/answer.h"

namespace usher::scenario {

/// Faults: ExitCode::io, with the file's name and what the system says.
Result<std::string> file_text(const std::filesystem::path& path);

struct NamedText {
    std::string name;  ///< as it was asked for, wherever the folder is
    std::string text;
};
Result<std::vector<NamedText>> named_texts(const std::filesystem::path& folder,
                                           const std::vector<std::string>& paths);

/// The answer to an `apply` whose files cannot be read.
protocol::Answer unreadable_roster(const Fault& fault, std::int64_t at_ms);

}  // namespace usher::scenario
