// SPDX-License-Identifier: Apache-2.0
#include "sys/user.hh"

#include <grp.h>
#include <pwd.h>

#include <algorithm>

#include "base/errors.hh"

namespace xconn::sys {

User find_user(const std::string& name) {
  const auto* entry = ::getpwnam(name.c_str());
  if (entry == nullptr) throw HostError("there is no user " + name, "install the package that makes it");
  User user{name, entry->pw_uid, entry->pw_gid, std::vector<gid_t>(64)};
  int count = static_cast<int>(user.groups.size());
  ::getgrouplist(name.c_str(), user.gid, user.groups.data(), &count);
  user.groups.resize(static_cast<std::size_t>(std::min<int>(count, static_cast<int>(user.groups.size()))));
  return user;
}

std::optional<gid_t> find_group(const std::string& name) {
  const auto* entry = ::getgrnam(name.c_str());
  return entry == nullptr ? std::nullopt : std::optional(entry->gr_gid);
}

}  // namespace xconn::sys
