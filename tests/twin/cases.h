// Cases (format.md): a roster, a scenario and what is expected of its answers, run by the twin.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace usher::twin {

/// Folders in `folder` that hold a case; empty if there is no such folder.
std::vector<std::filesystem::path> find_cases(const std::filesystem::path& folder);

/// What is wrong with the twin's answers, line by line; empty: nothing.
std::vector<std::string> run_case(const std::filesystem::path& folder);

std::string read_file(const std::filesystem::path& path);

}  // namespace usher::twin
