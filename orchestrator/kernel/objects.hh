// SPDX-License-Identifier: Apache-2.0
// Inside kernel/ only: from netlink messages, by way of libnl-route's parsers, to the structs of dump.hh.
#pragma once

#include <linux/netlink.h>

#include <map>
#include <optional>
#include <string>
#include <variant>

#include "kernel/dump.hh"

namespace xconn::kernel {

/// Names of interfaces by index, asked of the namespace of a socket and remembered.
class Names {
 public:
  explicit Names(int socket) : socket_(socket) {}
  std::string name(int index);  ///< "if7" for one that is gone
  void learn(int index, const std::string& name) { known_[index] = name; }
  void forget(int index) { known_.erase(index); }

 private:
  int socket_;
  std::map<int, std::string> known_;
};

using Object = std::variant<Link, LinkAddress, RouteEntry, RuleEntry, Neighbour>;

/// nullopt for what the structs do not hold: local and broadcast routes, bridge port messages, other message types.
std::optional<Object> parse(const nlmsghdr& message, Names& names);

}  // namespace xconn::kernel
