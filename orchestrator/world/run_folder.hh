// SPDX-License-Identifier: Apache-2.0
// The folder of a lab on the host: socket, plan, rendered configuration, logs. A lab is up exactly while its agent
// holds the lock of its folder, so nothing has to be believed that a crash could have left behind.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sys/fd.hh"

namespace xconn::world {

class RunFolder {
 public:
  /// $XCONN_RUN, or /run/xconn. Throws HostError where that is no place for run folders (place.hh).
  static std::filesystem::path base();
  /// The folder of a lab, whether it is there or not.
  static std::filesystem::path path_of(const std::string& lab);
  /// The labs that have a folder, whether their agent is alive or not, sorted.
  static std::vector<std::string> labs();
  static bool is_there(const std::string& lab);
  /// The labs whose agent is alive, sorted.
  static std::vector<std::string> labs_up();
  /// Removes what an agent that died left of its folder. True when there was something.
  static bool sweep(const std::string& lab);
  static bool is_up(const std::string& lab);

  /// Makes the folder (0700) and takes its lock. Throws Error when the lab is up.
  static RunFolder create(const std::string& lab);

  const std::string& lab() const { return lab_; }
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  /// Holds the lock; the agent inherits a copy and so keeps it.
  const sys::Fd& lock() const { return lock_; }
  void remove() const;

 private:
  RunFolder(std::string lab, std::filesystem::path path, sys::Fd lock);

  std::string lab_;
  std::filesystem::path path_;
  sys::Fd lock_;
};

/// The lab that the user means: `wanted`, or the only one that is up. Throws NotFoundError naming what is up.
std::string choose_lab(const std::optional<std::string>& wanted);

}  // namespace xconn::world
