// SPDX-License-Identifier: Apache-2.0
#include "world/tools.hh"

#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/errors.hh"
#include "sys/process.hh"

namespace xconn::world {
namespace {

namespace fs = std::filesystem;

constexpr const char* kToolsFolder = "/run/tools";
/// Those whose packages bring a profile: it denies them the run folder, and files that are named outside of the world.
constexpr const char* kConfined[] = {"swanctl", "tcpdump"};

bool has_apparmor() { return ::access("/proc/self/attr/apparmor/exec", W_OK) == 0; }

}  // namespace

void offer_tools() {
  if (!has_apparmor()) return;
  fs::create_directories(kToolsFolder);
  for (const auto* name : kConfined) {
    const auto program = sys::find_program(name);
    if (!program) continue;
    const auto place = fs::path(kToolsFolder) / name;
    const std::ofstream made(place);
    if (::mount(program->c_str(), place.c_str(), nullptr, MS_BIND, nullptr) != 0)
      throw KernelError("bind", *program, "", errno);
  }
}

void put_tools_first() {
  if (!fs::is_directory(kToolsFolder)) return;
  const auto* path = std::getenv("PATH");
  ::setenv("PATH", (std::string(kToolsFolder) + ":" + (path ? path : "/usr/sbin:/usr/bin:/sbin:/bin")).c_str(), 1);
}

}  // namespace xconn::world
