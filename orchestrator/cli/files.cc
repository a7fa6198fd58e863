// SPDX-License-Identifier: Apache-2.0
#include "cli/files.hh"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "cli/verb.hh"
#include "sys/fd.hh"
#include "world/place.hh"

namespace xconn::cli {
namespace {

namespace fs = std::filesystem;

void demand(bool holds, const std::string& option, const std::string& what) {
  if (!holds) refuse(option, what);
}

void demand_access(const std::string& option, const fs::path& path) {
  if (::access(path.c_str(), W_OK) != 0) refuse(option, path.string() + " cannot be written: " + std::strerror(errno));
}

/// access(2) is not asked: to root it says yes of /proc, where no file can be made.
void demand_takes_files(const std::string& option, const fs::path& folder) {
  auto trial = (folder / ".xconn-XXXXXX").string();
  const sys::Fd file(::mkostemp(trial.data(), O_CLOEXEC));
  if (!file) refuse(option, "no file can be made in " + folder.string() + ": " + std::strerror(errno));
  ::unlink(trial.c_str());
}

}  // namespace

void demand_writable(const std::string& option, const std::string& file) {
  const auto folder = fs::absolute(file).parent_path();
  demand(fs::is_directory(folder), option, "there is no folder " + folder.string() + "; make it first");
  demand(!fs::is_directory(file), option, file + " is a folder; name a file");
  if (fs::exists(file) && !fs::is_regular_file(file)) return demand_access(option, file);
  demand_takes_files(option, folder);
}

void demand_folder_of_agent(const std::string& option, const std::string& folder) {
  auto there = fs::absolute(folder).lexically_normal();
  world::demand_seen_in_labs(there, option);
  while (!fs::exists(there)) there = there.parent_path();
  demand(fs::is_directory(there), option, there.string() + " is no folder");
  demand_access(option, there);
}

}  // namespace xconn::cli
