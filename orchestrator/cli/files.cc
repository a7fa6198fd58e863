#include "cli/files.hh"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "world/place.hh"

namespace xconn::cli {
namespace {

namespace fs = std::filesystem;

void demand(bool holds, const std::string& option, const std::string& what) {
  if (!holds) throw CLI::ValidationError(option, what);
}

void demand_access(const std::string& option, const fs::path& path) {
  if (::access(path.c_str(), W_OK) != 0)
    throw CLI::ValidationError(option, path.string() + " cannot be written: " + std::strerror(errno));
}

}  // namespace

void demand_writable(const std::string& option, const std::string& file) {
  const auto folder = fs::absolute(file).parent_path();
  demand(fs::is_directory(folder), option, "there is no folder " + folder.string() + "; make it first");
  demand(!fs::is_directory(file), option, file + " is a folder; name a file");
  demand_access(option, fs::exists(file) && !fs::is_regular_file(file) ? fs::path(file) : folder);
}

void demand_folder_of_agent(const std::string& option, const std::string& folder) {
  auto there = fs::absolute(folder).lexically_normal();
  world::demand_seen_in_labs(there, option);
  while (!fs::exists(there)) there = there.parent_path();
  demand(fs::is_directory(there), option, there.string() + " is no folder");
  demand_access(option, there);
}

}  // namespace xconn::cli
