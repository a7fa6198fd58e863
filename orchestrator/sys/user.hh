// SPDX-License-Identifier: Apache-2.0
// An account of the host, as its programs run.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace xconn::sys {

struct User {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
};

/// Throws HostError when there is no such user.
User find_user(const std::string& name);

/// nullopt when there is no such group.
std::optional<gid_t> find_group(const std::string& name);

}  // namespace xconn::sys
