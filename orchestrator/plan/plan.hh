// SPDX-License-Identifier: Apache-2.0
// The plan: what a lab will be made of, as plain data. Computed from a topology by pure functions, printed by
// `xconn plan`, compared with golden files, and applied by lab/ without another decision. Order of vectors is kept and
// is stable for one topology, so that two plans can be compared as text.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/detection.hh"
#include "base/wiring.hh"
#include "network/balancer.hh"
#include "network/bgp.hh"
#include "network/restart.hh"
#include "network/sdwan.hh"

namespace xconn::plan {

enum class InterfaceKind {
  kEnd,       ///< one side of a link; the link creates it
  kVlan,      ///< a sub-interface of `parent` with `tags`
  kBridge,    ///< a learning bridge; others name it as their `bridge`
  kTunnel,    ///< made by a service (charon's tun); configured when it appears
  kLoopback,  ///< "lo", listed when it has addresses
};

struct Interface {
  std::string name;
  InterfaceKind kind = InterfaceKind::kEnd;
  std::optional<Mac> mac;
  int mtu = 1500;
  std::vector<InterfaceAddress> addresses;
  std::string parent;     ///< kVlan
  std::vector<Tag> tags;  ///< kVlan: one or two
  std::string bridge;     ///< name of the bridge of this node that it is a port of
  bool up = true;
  bool hide_hop = false;  ///< the node shows no hop for what enters here: TTL is given back (Azure's fabric)
  friend bool operator==(const Interface&, const Interface&) = default;
};

constexpr const char* kFrrFile = "frr.conf";

/// A file written below the node's run folder before its services start.
struct File {
  std::string name;  ///< relative: "frr.conf"
  std::string content;
  bool secret = false;  ///< 0600, and left out of printed plans
  friend bool operator==(const File&, const File&) = default;
};

/// A process of the node. `kind` is a row of services/'s table.
struct Service {
  std::string kind;  ///< "frr", "strongswan", "keepalived", "sdwan-edge", "load-balancer", "echo", "command"
  std::string name;  ///< unique in the node; what `fault kill NODE:NAME` takes: "bgpd", "charon", ...
  std::vector<std::string> arguments;  ///< kind "frr": empty; kind "command": the argv
  std::string config;                  ///< the name of the file among Node::files that configures it, or empty
  std::vector<std::string> after;      ///< names of services of this node that must be ready first
  std::optional<network::RestartPolicy> restart = {};  ///< none: as its kind does
  friend bool operator==(const Service&, const Service&) = default;
};

struct Node {
  std::string name;
  std::string role;
  std::string site;    ///< for people and pictures: "on-prem", "provider", "microsoft", "azure", "internet"
  std::string router;  ///< several nodes may be VRFs of one router; what happens to it happens to all of them
  std::vector<Interface> interfaces;
  std::vector<Route> routes;
  std::vector<Rule> rules;
  std::map<std::string, std::string> sysctls;  ///< "net.ipv4.ip_forward" -> "1"
  std::string nftables;                        ///< a ruleset for `nft -f`, or empty
  std::vector<RouteMirror> mirrors;
  std::optional<network::Speaker> bgp;  ///< what frr.conf says; none when the user replaced that
  std::string frr_lines;                ///< the user's own, after what `bgp` says
  std::optional<network::Sdwan> sdwan;
  std::optional<network::Balancer> balancer;
  std::vector<Address> moved;  ///< that it has while it is the active node of its pair
  std::vector<File> files;
  std::vector<Service> services;
  friend bool operator==(const Node&, const Node&) = default;
};

struct Link {
  std::string name;  ///< "hq-fgt:er--hq-er:lan"
  End a, b;
  Impairment a_to_b, b_to_a;
  friend bool operator==(const Link&, const Link&) = default;
};

/// Something that holds once the lab has converged. `up` waits for all of them; the stopwatch and `inspect` read them
/// too.
///
/// kind            subject                      expected
/// "route"         prefix                       all of its next hops, each a gateway or an interface, or "" for any
/// "bgp"           neighbour address            "Established"
/// "bfd"           peer address                 "up"
/// "child-sa"      connection/child             "INSTALLED"
/// "vrrp"          instance                     "MASTER" or "BACKUP"
/// "sdwan-member"  member                       "alive"
/// "sdwan-rule"    rule                         the members that it has chosen, "er" or "er vpn"
/// "backend"       backend name                 "healthy" or "unhealthy"
struct Fact {
  std::string node;
  std::string kind;
  std::string subject;
  std::string expected;
  friend bool operator==(const Fact&, const Fact&) = default;
};

struct Plan {
  std::string lab;
  std::string title;
  std::string timers;   ///< "azure" or "fast"
  std::string message;  ///< printed after `up`
  std::vector<Node> nodes;
  std::vector<Link> links;
  std::vector<Fact> facts;
  std::vector<Detection> detections;  ///< what a drill has to know of a stall
  friend bool operator==(const Plan&, const Plan&) = default;

  const Node* find_node(const std::string& name) const;
  const Link* find_link(const End& end) const;
};

/// JSON as `xconn plan --format json` prints it; fields at their default are left out; secret files show "(secret)"
/// unless `with_secrets`.
nlohmann::json to_json(const Plan& plan, bool with_secrets = false);

/// The inverse; the agent gets its plan this way. Throws nlohmann::json::exception on what to_json cannot have written.
Plan from_json(const nlohmann::json& json);

}  // namespace xconn::plan
