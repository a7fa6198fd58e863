// SPDX-License-Identifier: Apache-2.0
// What a new network namespace takes from the host. The kernel copies all of net.ipv4.conf, TCP's memory and congestion
// control from the host's own namespace (net.core.devconf_inherit_init_net: of IPv6 too, or from its parent), so a
// hardened host, or one that runs Docker, would change how nodes forward. A node begins with the kernel's own defaults.
#pragma once

#include <map>
#include <string>

namespace xconn::kernel {

using Sysctls = std::map<std::string, std::string>;

/// Those whose value a host could have changed, with ours: paths below /proc/sys.
const Sysctls& defaults();

struct Forwarding;

class Inherited {
 public:
  /// Reads the namespace of the calling thread, which must be a new one, like those that settle() is then called in.
  Inherited();

  /// Makes the namespace of the calling thread, new and without interfaces, begin as defaults() and then `own` say.
  /// Writes only what differs. What is about an interface is left out, for there is none. `name` is for KernelError.
  void settle(const std::string& name, const Sysctls& own);

  /// How neighbours are looked for on `interface`, where the host has changed it: interfaces copy it from the host.
  Sysctls of_neighbours(const std::string& interface) const;

  /// What a namespace with a bridge needs besides, unless `own` says it; the others are spared the writes.
  Sysctls of_bridges(const Sysctls& own) const;

 private:
  bool is_so(const std::string& path, const std::string& value) const;
  bool is_handed_on(const std::string& path, const std::string& value);
  void forward(const std::string& name, const Forwarding& forwarding, Sysctls& wanted) const;

  Sysctls found_;                          // of defaults(), what is here
  Sysctls changes_;                        // of defaults(), what is not so here
  Sysctls bridges_;                        // of those below net/bridge
  Sysctls neighbours_;                     // "ipv4/ucast_solicit" -> ours, where it differs
  std::map<std::string, bool> handed_on_;  // lo's: the kernel writes them with the default's
};

/// Of `own` what is about one interface, to be set once that is there.
Sysctls of_interfaces(const Sysctls& own);

}  // namespace xconn::kernel
