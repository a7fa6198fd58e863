#include "services/frr_config.hh"

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

namespace xconn::services {
namespace {

struct Owner {
  std::string_view words;  ///< what a line at column 0 starts with, without a leading "no"
  std::string_view daemon;
};

/// First match wins. Lists and route maps are bgpd's, who applies them; zebra would refuse what is BGP's in route maps,
/// and since FRR 10 it refuses prefix lists.
constexpr std::array kOwners{
    Owner{"router bgp", "bgpd"},
    Owner{"router-id", "zebra"},
    Owner{"ip router-id", "zebra"},
    Owner{"bgp", "bgpd"},
    Owner{"ip as-path", "bgpd"},
    Owner{"ip community-list", "bgpd"},
    Owner{"ip large-community-list", "bgpd"},
    Owner{"ip extcommunity-list", "bgpd"},
    Owner{"rpki", "bgpd"},
    Owner{"debug bgp", "bgpd"},
    Owner{"bfd", "bfdd"},
    Owner{"debug bfd", "bfdd"},
    Owner{"interface", "zebra"},
    Owner{"vrf", "zebra"},
    Owner{"ip forwarding", "zebra"},
    Owner{"ipv6 forwarding", "zebra"},
    Owner{"ip protocol", "zebra"},
    Owner{"ip nht", "zebra"},
    Owner{"zebra", "zebra"},
    Owner{"debug zebra", "zebra"},
    Owner{"route-map", "bgpd"},
    Owner{"ip prefix-list", "bgpd"},
    Owner{"ipv6 prefix-list", "bgpd"},
    Owner{"access-list", "bgpd"},
    Owner{"ipv6 access-list", "bgpd"},
    Owner{"service integrated-vtysh-config", "vtysh"},
    Owner{"username", "vtysh"},
};

bool starts_with_words(std::string_view line, std::string_view words) {
  return line.starts_with(words) && (line.size() == words.size() || line[words.size()] == ' ');
}

bool owned(std::string_view line, std::string_view daemon) {
  if (line.starts_with("no ")) line.remove_prefix(3);
  for (const auto& owner : kOwners)
    if (starts_with_words(line, owner.words)) return owner.daemon == daemon;
  return true;
}

/// Lines that belong to the section before them although they stand at column 0, or to none.
bool starts_section(const std::string& line) {
  return !line.empty() && line[0] != ' ' && line[0] != '!' && line[0] != '#' && line != "exit" && line != "end" &&
         !line.starts_with("exit-");
}

}  // namespace

std::string config_of(std::string_view daemon, std::string_view integrated) {
  std::istringstream lines{std::string(integrated)};
  std::string config = "log timestamp precision 6\n";
  if (daemon == "bfdd") config += "debug bfd peer\n";
  bool ours = true;
  for (std::string line; std::getline(lines, line);) {
    if (starts_section(line)) ours = owned(line, daemon);
    if (!ours || line == "exit" || line == "end") continue;
    config += line + "\n";
    if (starts_with_words(line, "router bgp")) config += " bgp log-neighbor-changes\n";
  }
  return config;
}

}  // namespace xconn::services
