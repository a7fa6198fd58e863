// SPDX-License-Identifier: Apache-2.0
// What this host can do, found by trying each feature in a throw-away network namespace, never from a version number.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datapath/vlan.hh"

namespace xconn::datapath {

enum class State {
  kOk,        ///< the kernel's own driver works
  kPortable,  ///< it does not, or no lab uses it, and the portable driver works
  kMissing,   ///< neither: labs that need it cannot run
};

const char* to_string(State state);  ///< "ok", "portable", "missing"

struct Feature {
  std::string name;  ///< "veth", "bridge", "vlan", "qinq", "delay", "loss", "rate", "ipsec", "vrf", "nftables", "tun",
                     ///< "program:frr" ...
  State state = State::kMissing;
  std::string driver;  ///< what would be used: "vlan device", "tc eBPF" ...; empty when missing
  std::string detail;  ///< what was tried and what the kernel answered
  std::string remedy;  ///< the line that would give labs what is missing or better; empty when nothing would
};

/// The names that `examine` knows, in the order of a report.
std::vector<std::string> feature_names();

/// Tries one. Throws NotFoundError for a name that is not in feature_names().
Feature examine(std::string_view name);

/// Tries all of them; takes well under a second. Needs root (HostError).
std::vector<Feature> doctor();

enum class Choice { kAuto, kKernel, kPortable };  ///< `--datapath`

/// The vlan driver to use. Throws HostError when the one asked for does not work here.
VlanDriver choose_vlan(Choice choice);

}  // namespace xconn::datapath
