// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/ruleset.hh"

#include <fmt/format.h>

#include <numeric>

#include "base/join.hh"
#include "nodes/edge/daemon/mark.hh"

namespace xconn::sdwan {
namespace {

std::string hex(std::uint32_t value) { return fmt::format("0x{:08x}", value); }

/// "ct mark set ct mark and ~mask or value": the bits of others stay.
std::string set_bits(const std::string& mark, std::uint32_t mask, std::uint32_t value) {
  return fmt::format("{0} set {0} and {1} or {2}", mark, hex(~mask), hex(value));
}

std::string list(const std::vector<Prefix>& prefixes) { return "{ " + join(prefixes, ", ", &Prefix::text) + " }"; }

std::string elements(const std::vector<Prefix>& prefixes) {
  return prefixes.empty() ? "" : "elements = " + list(prefixes) + ";";
}

std::string ports(const network::SdwanRule& rule, const char* side) {
  std::string text;
  for (const auto& [low, high] : rule.ports) text += fmt::format("{}{}-{}", text.empty() ? "" : ", ", low, high);
  return fmt::format("th {} {{ {} }} ", side, text);
}

/// What a rule matches but for its ports.
std::string match_text(const Config& config, std::size_t index) {
  const auto& rule = config.sdwan.rules[index];
  std::string text;
  if (!rule.from.empty()) text += "ip saddr " + list(rule.from) + " ";
  if (!rule.to.empty()) text += "ip daddr " + list(rule.to) + " ";
  if (rule.protocol) text += fmt::format("meta l4proto {} ", *rule.protocol);
  if (!rule.protocol && !rule.ports.empty()) text += "meta l4proto { tcp, udp } ";
  if (rule.dscp) text += fmt::format("ip dscp {} ", *rule.dscp);
  const auto bit = application_bit(config, index);
  if (bit != 0) text += fmt::format("ct mark and {} != 0 ", hex(bit));
  return text;
}

/// A connection's ports are those of its first packet: in the reply direction they are source ports.
std::string steer_lines(const Config& config, std::size_t index) {
  const auto& rule = config.sdwan.rules[index];
  const auto jump = fmt::format("jump {}-{}\n", rule.sla_stickiness ? "stay" : "pick", rule.name);
  const auto match = match_text(config, index);
  if (rule.ports.empty()) return "    " + match + jump;
  return "    ct direction reply " + match + ports(rule, "sport") + jump +  //
         "    ct direction original " + match + ports(rule, "dport") + jump + "    ct state invalid,untracked " +
         match + ports(rule, "dport") + jump;
}

/// Which session is whose is remembered in its first direction: the other one follows the member that it comes in by.
std::string remember(const Config& config, const std::string& member) {
  const auto mark = session_mark(member_path(config.member_index(member)));
  return "ct direction original " + set_bits("ct mark", kSessionMask, mark) + "; ";
}

std::string counters_and_uses(const Config& config, const std::string& rule, const std::vector<std::string>& members,
                              bool sticky) {
  std::string text;
  for (const auto& member : members) {
    const auto counter = counter_name(rule, member);
    text += fmt::format("  counter {} {{ }}\n", counter);
    text += fmt::format("  chain use-{}.{} {{ {}counter name \"{}\" goto member-{}; }}\n", rule, member,
                        sticky ? remember(config, member) : "", counter, member);
  }
  text += fmt::format("  chain pick-{} {{ }}\n", rule);
  if (!sticky) return text;
  return text + fmt::format(
                    "  map staying-{0} {{ type mark : verdict; }}\n"
                    "  chain stay-{0} {{\n"
                    "    ct direction original ct mark and {1} vmap @staying-{0}\n"
                    "    goto pick-{0}\n  }}\n",
                    rule, hex(kSessionMask));
}

std::vector<std::string> member_names(const Config& config) {
  std::vector<std::string> names;
  for (const auto& member : config.sdwan.members) names.push_back(member.name);
  return names;
}

std::string member_chains(const Config& config) {
  std::string text;
  for (std::size_t i = 0; i < config.sdwan.members.size(); ++i) {
    const auto mark = path_mark(member_path(static_cast<int>(i)));
    text += fmt::format("  chain member-{} {{ {} accept; }}\n", config.sdwan.members[i].name,
                        set_bits("meta mark", kPathMask, mark));
  }
  return text;
}

std::string steer_chain(const Config& config) {
  std::string text = "  chain steer {\n";
  text += fmt::format("    ct direction reply ct mark and {} vmap @returning\n", hex(kPathMask));
  for (std::size_t i = 0; i < config.sdwan.rules.size(); ++i) text += steer_lines(config, i);
  return text + "    jump pick-implicit\n    counter name \"dropped\" drop\n  }\n";
}

std::string prerouting_chain(const Config& config) {
  std::string text = "  chain prerouting {\n    type filter hook prerouting priority mangle; policy accept;\n";
  for (std::size_t i = 0; i < config.sdwan.members.size(); ++i) {
    text += fmt::format("    iifname \"{}\" ct direction original {}\n", config.sdwan.members[i].interface,
                        set_bits("ct mark", kPathMask, path_mark(member_path(static_cast<int>(i)))));
  }
  if (config.ha) {
    text +=
        fmt::format("    tcp dport {} fib daddr type local ct direction original ct mark set iifname map @interfaces\n",
                    config.ha->probe_port);
  }
  text += "    fib daddr type { local, broadcast, multicast } accept\n";
  text += "    ip daddr @bypass accept\n";
  return text + "    ip daddr @routes goto steer\n  }\n";
}

/// Control protocols must not be moved by what they decide: IKE and ESP (the tunnel would run through itself), BGP,
/// BFD (RFC 5881, 5883), VRRP.
constexpr const char* kControlProtocols =
    "    meta l4proto { esp, ah, vrrp } accept\n"
    "    udp sport { 500, 4500 } accept\n"
    "    udp dport { 500, 4500, 3784, 3785, 4784 } accept\n"
    "    tcp dport 179 accept\n"
    "    tcp sport 179 accept\n";

std::string output_chain() {
  std::string text = "  chain output {\n    type route hook output priority mangle; policy accept;\n";
  text += fmt::format("    meta mark and {} != 0 accept\n", hex(kProbeBit));
  text += kControlProtocols;
  text +=
      fmt::format("    ct direction reply ct mark and {0} != 0 meta mark set ct mark and {0} accept\n", hex(kPathMask));
  text += "    fib daddr type { local, broadcast, multicast } accept\n";
  text += "    ip daddr @bypass accept\n";
  return text + "    ip daddr @routes goto steer\n  }\n";
}

std::string tables_sets(const Config& config) {
  return fmt::format("  counter dropped {{ }}\n") +
         fmt::format("  set routes {{ type ipv4_addr; flags interval; auto-merge; {} }}\n",
                     elements(config.sdwan.routes)) +
         "  set bypass { type ipv4_addr; flags interval; auto-merge; }\n"
         "  map returning { type mark : verdict; }\n"
         "  map interfaces { type ifname : mark; }\n";
}

std::string use(const Config& config, const std::string& rule, int member) {
  return fmt::format("goto use-{}.{}", rule, config.sdwan.members[member].name);
}

struct Spread {
  const char* keys;       ///< what is hashed of any packet
  const char* port_keys;  ///< what is hashed of TCP and UDP; null: the same as of any
  bool weighted;
};

Spread spread_of(const Config& config, bool implicit) {
  if (implicit && config.sdwan.implicit == network::Implicit::kSourceIp) return {"ip saddr", nullptr, false};
  if (implicit && config.sdwan.implicit == network::Implicit::kSourceDestIp)
    return {"ip saddr . ip daddr", nullptr, false};
  return {"ip saddr . ip daddr", "ip saddr . ip daddr . th sport . th dport", true};
}

/// Which value of the hash goes where. A fixed seed and order: the same flows take the same members on every run.
std::string verdicts(const Config& config, const std::string& rule, const std::vector<int>& members, bool weighted) {
  int divisor = 0, slot = 0;
  for (const int member : members) divisor = std::gcd(divisor, config.sdwan.members[member].weight);
  std::string text;
  for (const int member : members) {
    const int share = weighted ? config.sdwan.members[member].weight / divisor : 1;
    for (int i = 0; i < share; ++i, ++slot) {
      text += fmt::format("{}{} : {}", text.empty() ? "" : ", ", slot, use(config, rule, member));
    }
  }
  return fmt::format("mod {} seed 0x5eed vmap {{ {} }}", slot, text);
}

std::string pick_text(const Config& config, const std::string& rule, const std::vector<int>& members, bool implicit) {
  const auto chain = fmt::format("{} pick-{}", kTable, rule);
  std::string text = fmt::format("flush chain ip {}\n", chain);
  if (members.empty()) return text;
  if (members.size() == 1) return text + fmt::format("add rule ip {} {}\n", chain, use(config, rule, members.front()));
  const auto spread = spread_of(config, implicit);
  const auto targets = verdicts(config, rule, members, spread.weighted);
  if (spread.port_keys) {
    text += fmt::format("add rule ip {} meta l4proto {{ tcp, udp }} jhash {} {}\n", chain, spread.port_keys, targets);
  }
  return text + fmt::format("add rule ip {} jhash {} {}\n", chain, spread.keys, targets);
}

/// Replaces a map from marks of members to chains of theirs.
std::string map_text(const Config& config, const std::string& map, const std::vector<int>& members,
                     std::uint32_t (*mark_of)(int), const std::string& chain) {
  std::string text = fmt::format("flush map ip {} {}\n", kTable, map), entries;
  for (const int member : members)
    entries += fmt::format("{}{} : goto {}{}", entries.empty() ? "" : ", ", hex(mark_of(member_path(member))), chain,
                           config.sdwan.members[member].name);
  if (!entries.empty()) text += fmt::format("add element ip {} {} {{ {} }}\n", kTable, map, entries);
  return text;
}

std::string staying_text(const Config& config, const std::string& rule, const std::vector<int>& members) {
  return map_text(config, "staying-" + rule, members, session_mark, "use-" + rule + ".");
}

}  // namespace

std::string counter_name(const std::string& rule, const std::string& member) { return "via-" + rule + "." + member; }

std::uint32_t application_bit(const Config& config, std::size_t rule) {
  if (config.sdwan.rules[rule].applications.empty()) return 0;
  std::uint32_t bit = 1;
  for (std::size_t i = 0; i < rule; ++i) {
    if (!config.sdwan.rules[i].applications.empty()) bit <<= 1;
  }
  return bit;
}

std::string table_text(const Config& config) {
  std::string text = fmt::format("add table ip {0}\ndelete table ip {0}\ntable ip {0} {{\n", kTable);
  text += tables_sets(config) + member_chains(config);
  for (const auto& rule : config.sdwan.rules)
    text += counters_and_uses(config, rule.name, rule.members, rule.sla_stickiness);
  text += counters_and_uses(config, "implicit", member_names(config), false);
  return text + steer_chain(config) + prerouting_chain(config) + output_chain() + "}\n";
}

std::string steering_text(const Config& config, const Steering& before, const Steering& after) {
  const bool first = before.rules.size() != after.rules.size();
  std::string text;
  for (std::size_t i = 0; i < after.rules.size(); ++i) {
    if (first || before.rules[i] != after.rules[i]) {
      text += pick_text(config, config.sdwan.rules[i].name, after.rules[i], false);
    }
    if (config.sdwan.rules[i].sla_stickiness && (first || before.staying[i] != after.staying[i]))
      text += staying_text(config, config.sdwan.rules[i].name, after.staying[i]);
  }
  if (first || before.implicit != after.implicit) text += pick_text(config, "implicit", after.implicit, true);
  if (first || before.returning != after.returning)
    text += map_text(config, "returning", after.returning, path_mark, "member-");
  return text;
}

std::string bypass_text(const std::vector<Prefix>& prefixes) {
  std::string text = fmt::format("flush set ip {} bypass\n", kTable);
  if (!prefixes.empty()) text += fmt::format("add element ip {} bypass {}\n", kTable, list(prefixes));
  return text;
}

std::string interfaces_text(const std::map<std::string, int>& paths) {
  std::string text = fmt::format("flush map ip {} interfaces\n", kTable), entries;
  for (const auto& [interface, path] : paths) {
    entries += fmt::format("{}\"{}\" : {}", entries.empty() ? "" : ", ", interface, hex(path_mark(path)));
  }
  if (!entries.empty()) text += fmt::format("add element ip {} interfaces {{ {} }}\n", kTable, entries);
  return text;
}

}  // namespace xconn::sdwan
