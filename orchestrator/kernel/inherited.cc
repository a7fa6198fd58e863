// SPDX-License-Identifier: Apache-2.0
#include "kernel/inherited.hh"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <sstream>
#include <vector>

#include "base/errors.hh"
#include "kernel/sysctl.hh"
#include "sys/file.hh"

namespace xconn::kernel {

/// What writing "all" changes besides.
struct Forwarding {
  const char* all;
  std::array<const char*, 2> copies;
  const char* resets;  ///< set to the opposite by the same write; empty: nothing is
};

namespace {

constexpr auto kIpv4Lo = "net/ipv4/conf/lo/", kBridges = "net/bridge/";

struct Setting {
  const char* name;
  const char* value;
};

/// ipv4_devconf and ipv4_devconf_dflt in net/ipv4/devinet.c. Forwarding is kForwards.
constexpr Setting kIpv4[] = {
    {"accept_local", "0"},
    {"accept_redirects", "1"},
    {"arp_accept", "0"},
    {"arp_announce", "0"},
    {"arp_evict_nocarrier", "1"},
    {"arp_filter", "0"},
    {"arp_ignore", "0"},
    {"arp_notify", "0"},
    {"bc_forwarding", "0"},
    {"bootp_relay", "0"},
    {"disable_policy", "0"},
    {"disable_xfrm", "0"},
    {"drop_gratuitous_arp", "0"},
    {"drop_unicast_in_l2_multicast", "0"},
    {"force_igmp_version", "0"},
    {"igmpv2_unsolicited_report_interval", "10000"},
    {"igmpv3_unsolicited_report_interval", "1000"},
    {"ignore_routes_with_linkdown", "0"},
    {"log_martians", "0"},
    {"medium_id", "0"},
    {"promote_secondaries", "0"},
    {"proxy_arp", "0"},
    {"proxy_arp_pvlan", "0"},
    {"route_localnet", "0"},
    {"rp_filter", "0"},
    {"secure_redirects", "1"},
    {"send_redirects", "1"},
    {"shared_media", "1"},
    {"src_valid_mark", "0"},
    {"tag", "0"},
};

/// ipv6_devconf and ipv6_devconf_dflt in net/ipv6/addrconf.c: copied only where the host asks for it.
constexpr Setting kIpv6[] = {
    {"accept_ra", "1"},
    {"accept_ra_defrtr", "1"},
    {"accept_ra_from_local", "0"},
    {"accept_ra_min_hop_limit", "1"},
    {"accept_ra_mtu", "1"},
    {"accept_ra_pinfo", "1"},
    {"accept_ra_rt_info_max_plen", "0"},
    {"accept_ra_rtr_pref", "1"},
    {"accept_redirects", "1"},
    {"accept_source_route", "0"},
    {"accept_untracked_na", "0"},
    {"addr_gen_mode", "0"},
    {"autoconf", "1"},
    {"dad_transmits", "1"},
    {"disable_ipv6", "0"},
    {"disable_policy", "0"},
    {"drop_unicast_in_l2_multicast", "0"},
    {"drop_unsolicited_na", "0"},
    {"enhanced_dad", "1"},
    {"force_mld_version", "0"},
    {"force_tllao", "0"},
    {"hop_limit", "64"},
    {"ignore_routes_with_linkdown", "0"},
    {"keep_addr_on_down", "0"},
    {"max_addresses", "16"},
    {"mtu", "1280"},
    {"ndisc_evict_nocarrier", "1"},
    {"ndisc_notify", "0"},
    {"optimistic_dad", "0"},
    {"proxy_ndp", "0"},
    {"router_solicitation_delay", "1"},
    {"router_solicitation_interval", "4"},
    {"router_solicitations", "-1"},
    {"seg6_enabled", "0"},
    {"suppress_frag_ndisc", "1"},
    {"use_oif_addrs_only", "0"},
    {"use_optimistic", "0"},
    {"use_tempaddr", "0"},
};

/// The rest: TCP as on the usual machine, not as tuned; frames that a bridge forwards are no business of nftables' ip
/// tables, as they would be once the host has loaded br_netfilter.
constexpr Setting kOthers[] = {
    {"net/bridge/bridge-nf-call-arptables", "0"},
    {"net/bridge/bridge-nf-call-ip6tables", "0"},
    {"net/bridge/bridge-nf-call-iptables", "0"},
    {"net/ipv4/conf/all/accept_source_route", "0"},
    {"net/ipv4/conf/default/accept_source_route", "1"},
    {"net/ipv4/conf/lo/disable_policy", "1"},
    {"net/ipv4/conf/lo/disable_xfrm", "1"},
    {"net/ipv4/tcp_congestion_control", "cubic"},
    {"net/ipv4/tcp_rmem", "4096 131072 6291456"},
    {"net/ipv4/tcp_wmem", "4096 16384 4194304"},
    {"net/ipv6/conf/all/accept_dad", "0"},
    {"net/ipv6/conf/default/accept_dad", "1"},
};

/// arp_tbl and nd_tbl.
constexpr Setting kNeighbours[] = {
    {"anycast_delay", "100"},        {"app_solicit", "0"},    {"base_reachable_time_ms", "30000"},
    {"delay_first_probe_time", "5"}, {"gc_stale_time", "60"}, {"interval_probe_time_ms", "5000"},
    {"mcast_resolicit", "0"},        {"mcast_solicit", "3"},  {"proxy_qlen", "64"},
    {"retrans_time_ms", "1000"},     {"ucast_solicit", "3"},  {"unres_qlen_bytes", "212992"},
};

constexpr Forwarding kForwards[] = {
    {"net/ipv4/ip_forward",
     {"net/ipv4/conf/default/forwarding", "net/ipv4/conf/lo/forwarding"},
     "net/ipv4/conf/all/accept_redirects"},
    {"net/ipv6/conf/all/forwarding", {"net/ipv6/conf/default/forwarding", "net/ipv6/conf/lo/forwarding"}, ""},
};

Sysctls table() {
  Sysctls all;
  for (const auto* scope : {"all", "default", "lo"}) {
    for (const auto& [name, value] : kIpv4) all["net/ipv4/conf/" + std::string(scope) + "/" + name] = value;
    if (*scope == 'l') continue;  // lo's of IPv6 come from the kernel's own table
    for (const auto& [name, value] : kIpv6) all["net/ipv6/conf/" + std::string(scope) + "/" + name] = value;
  }
  for (const auto& [name, value] : kOthers) all[name] = value;
  for (const auto& forwarding : kForwards) {
    all[forwarding.all] = "0";
    for (const auto* copy : forwarding.copies) all[copy] = "0";
  }
  return all;
}

/// As one writes it: tables come with tabs, and with a newline.
std::string plain(const std::string& content) {
  std::istringstream words(content);
  std::string text;
  for (std::string word; words >> word;) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::optional<std::string> read_here(const std::string& path) {
  const auto content = sys::read_file_if_present("/proc/sys/" + path);
  return content ? std::optional(plain(*content)) : std::nullopt;
}

bool is_about_interface(const std::string& path) {
  for (const auto* folder : {"net/ipv4/conf/", "net/ipv6/conf/", "net/ipv4/neigh/", "net/ipv6/neigh/"}) {
    if (!path.starts_with(folder)) continue;
    const auto from = std::string(folder).size();
    const auto scope = path.substr(from, path.find('/', from) - from);
    return scope != "all" && scope != "default" && scope != "lo";
  }
  return false;
}

/// Of `own` what is about the whole namespace. The kernel hands a new default on to lo, but not where the host's own
/// was ever written: so that is said too.
Sysctls of_namespace(const Sysctls& own) {
  const std::string from = "net/ipv4/conf/default/", to = kIpv4Lo;
  Sysctls out, of_lo;
  for (const auto& [key, value] : own) {
    const auto path = sysctl_path(key);
    if (is_about_interface(path)) continue;
    out[path] = value;
    if (path.starts_with(from)) of_lo[to + path.substr(from.size())] = value;
  }
  out.merge(of_lo);
  return out;
}

void write_here(const std::string& name, const std::string& path, const std::string& value) {
  try {
    write_sysctl(name, path, value);
  } catch (const KernelError& error) {
    // A kernel without cubic, or whose own default it is not (tcp_allowed_congestion_control), keeps what it has.
    const bool is_ours_to_say = error.error_number() != ENOENT && error.error_number() != EPERM;
    if (is_ours_to_say || path != "net/ipv4/tcp_congestion_control") throw;
  }
}

}  // namespace

const Sysctls& defaults() {
  static const Sysctls all = table();
  return all;
}

Inherited::Inherited() {
  for (const auto& [path, ours] : defaults())
    if (auto here = read_here(path)) {
      if (*here != ours) (path.starts_with(kBridges) ? bridges_ : changes_)[path] = ours;
      found_[path] = std::move(*here);
    }
  for (const std::string family : {"ipv4/", "ipv6/"})
    for (const auto& [name, ours] : kNeighbours) {
      const auto here = read_here("net/" + family + "neigh/lo/" + name);
      if (here && *here != ours) neighbours_[family + name] = ours;
    }
}

bool Inherited::is_so(const std::string& path, const std::string& value) const {
  const auto here = found_.find(path);
  return here != found_.end() && here->second == value;
}

/// The same for all namespaces of a host: lo copies a default that the host itself has never written.
bool Inherited::is_handed_on(const std::string& path, const std::string& value) {
  if (!path.starts_with(kIpv4Lo)) return false;
  const auto [known, is_new] = handed_on_.try_emplace(path);
  if (is_new) known->second = read_here(path) == value;
  return known->second;
}

void Inherited::settle(const std::string& name, const Sysctls& own) {
  auto wanted = of_namespace(own);
  wanted.merge(of_neighbours("lo"));
  wanted.insert(changes_.begin(), changes_.end());
  for (const auto& forwarding : kForwards) forward(name, forwarding, wanted);
  for (const auto& [path, value] : wanted)  // defaults before lo's
    if (!is_so(path, value) && !is_handed_on(path, value)) write_here(name, path, value);
}

/// First, for it changes others; and what it resets is then written even where it was right.
void Inherited::forward(const std::string& name, const Forwarding& forwarding, Sysctls& wanted) const {
  const auto all = wanted.extract(forwarding.all);
  const std::string value = all ? all.mapped() : "0";
  const bool is_written = all && !is_so(forwarding.all, value);
  for (const auto* copy : forwarding.copies)
    if (is_written)
      wanted.erase(copy);
    else if (found_.contains(copy))
      wanted[copy] = value;
  if (!is_written) return;
  write_here(name, forwarding.all, value);
  if (const auto reset = wanted.extract(forwarding.resets)) write_here(name, reset.key(), reset.mapped());
}

Sysctls Inherited::of_neighbours(const std::string& interface) const {
  Sysctls out;
  for (const auto& [key, value] : neighbours_)
    out["net/" + key.substr(0, 5) + "neigh/" + interface + key.substr(4)] = value;
  return out;
}

Sysctls Inherited::of_bridges(const Sysctls& own) const {
  auto out = bridges_;
  for (const auto& [key, value] : own) out.erase(sysctl_path(key));
  return out;
}

Sysctls of_interfaces(const Sysctls& own) {
  Sysctls out;
  for (const auto& [key, value] : own)
    if (auto path = sysctl_path(key); is_about_interface(path)) out[std::move(path)] = value;
  return out;
}

}  // namespace xconn::kernel
