#include "world/run_folder.hh"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "base/errors.hh"

namespace xconn::world {
namespace {

namespace fs = std::filesystem;

sys::Fd open_lock(const fs::path& folder, int flags) {
  return sys::Fd{::open((folder / "lock").c_str(), O_CLOEXEC | flags, 0600)};
}

bool try_lock(const sys::Fd& fd) { return ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0; }

std::string join(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

fs::path RunFolder::base() {
  const auto* chosen = std::getenv("XCONN_RUN");
  return chosen != nullptr && *chosen == '/' ? chosen : "/run/xconn";
}

fs::path RunFolder::path_of(const std::string& lab) { return base() / lab; }

bool RunFolder::is_up(const std::string& lab) {
  const auto lock = open_lock(path_of(lab), O_RDWR);
  return lock && !try_lock(lock);
}

std::vector<std::string> RunFolder::labs_up() {
  std::vector<std::string> labs;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(base(), gone))
    if (is_up(entry.path().filename())) labs.push_back(entry.path().filename());
  std::sort(labs.begin(), labs.end());
  return labs;
}

bool RunFolder::sweep(const std::string& lab) {
  const auto lock = open_lock(path_of(lab), O_RDWR);
  if (lock && !try_lock(lock)) return false;
  std::error_code ignored;
  return fs::remove_all(path_of(lab), ignored) > 0;
}

RunFolder RunFolder::create(const std::string& lab) {
  const auto path = path_of(lab);
  sweep(lab);
  fs::create_directories(base());
  if (::mkdir(path.c_str(), 0711) != 0 && errno != EEXIST) throw KernelError("mkdir", path, "", errno);
  auto lock = open_lock(path, O_RDWR | O_CREAT);
  if (!lock) throw KernelError("open", path / "lock", "", errno);
  if (!try_lock(lock)) throw Error("lab " + lab + " is up already; take it down first: xconn down " + lab);
  return {lab, path, std::move(lock)};
}

RunFolder::RunFolder(std::string lab, fs::path path, sys::Fd lock)
    : lab_(std::move(lab)), path_(std::move(path)), lock_(std::move(lock)) {}

void RunFolder::remove() const {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string choose_lab(const std::optional<std::string>& wanted) {
  const auto labs = RunFolder::labs_up();
  const auto up = labs.empty() ? "no lab is up" : "up: " + join(labs);
  if (wanted) {
    if (std::find(labs.begin(), labs.end(), *wanted) != labs.end()) return *wanted;
    throw NotFoundError("lab " + *wanted + " is not up (" + up + ")");
  }
  if (labs.size() == 1) return labs.front();
  throw NotFoundError(labs.empty() ? "no lab is up; start one: xconn up TOPOLOGY"
                                   : "which lab? say --lab NAME (" + up + ")");
}

}  // namespace xconn::world
