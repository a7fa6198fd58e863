// SPDX-License-Identifier: Apache-2.0
#include "model/read.hh"

#include <algorithm>
#include <filesystem>

#include "base/guid.hh"
#include "model/extends.hh"
#include "model/keys.hh"
#include "model/rules.hh"

namespace xconn::model {
namespace {

/// "branch" for branch.yaml, the folder's name for its topology.yaml.
std::string name_of_file(const std::string& file) {
  const std::filesystem::path path(file);
  auto name = path.stem().string();
  if (name == "topology" && path.has_parent_path()) name = path.parent_path().filename().string();
  for (auto& c : name)
    if (!is_object_name(std::string("a") + c)) c = '-';
  return is_object_name(name) ? name : "lab";
}

/// An address beside `subnet` has the subnet's length.
void resolve_lengths(Topology& topology) {
  for (auto& node : topology.nodes)
    for (auto& interface : node.interfaces) {
      if (!interface.subnet) continue;
      const auto* vnet = find_named(topology.vnets, interface.subnet->vnet);
      const auto* subnet = vnet == nullptr ? nullptr : find_named(vnet->subnets, interface.subnet->subnet);
      if (subnet == nullptr) continue;
      for (auto& address : interface.addresses)
        if (const auto* prefix = prefix_for(*subnet, address.address()); prefix != nullptr && address.length() < 0)
          address = {address.address(), prefix->length()};
    }
}

/// A machine in a VNet stands in Azure, unless it says otherwise.
void resolve_sites(Topology& topology) {
  for (auto& node : topology.nodes)
    for (const auto& interface : node.interfaces)
      if (node.site.empty() && interface.subnet) node.site = "azure";
}

/// A circuit of ExpressRoute Direct has its port pair's ends and location; keys that nobody wrote come from the names.
void resolve_circuits(Topology& topology) {
  for (auto& circuit : topology.circuits) {
    if (const auto* port = find_named(topology.direct_ports, circuit.port)) {
      circuit.customer_primary = port->customer_primary;
      circuit.customer_secondary = port->customer_secondary;
      circuit.peering_location = port->peering_location;
    }
    if (circuit.service_key.empty()) circuit.service_key = guid_from_name("circuit " + circuit.name);
    for (auto& authorization : circuit.authorizations)
      if (authorization.key.empty())
        authorization.key = guid_from_name("circuit " + circuit.name + " authorization " + authorization.name);
  }
}

/// What is broken on purpose is no mistake; that it is not broken is one.
void expect_breaches(Topology& topology, Findings& findings) {
  std::vector<std::string> codes;
  for (const auto& expected : topology.expected_breaches) codes.push_back(expected.code);
  topology.breaches = findings.take_out(codes);
  for (std::size_t i = 0; i < codes.size(); ++i)
    if (std::ranges::find(topology.breaches, codes[i], &Finding::code) == topology.breaches.end())
      findings.add(topology.expected_breaches[i].where, {"expect-broken", i},
                   {codes[i], codes[i] + " is expected to be broken, but holds", "break it, or leave it out", {}});
}

void obey_nothing(const Topology&, const Raw&, Findings&) {}

Topology resolve(const RawPtr& raw, const std::string& file, Findings& findings,
                 void (*check)(const Topology&, const Raw&, Findings&) = check_rules) {
  Topology topology;
  topology.file = file;
  if (raw != nullptr) {
    topology.name = name_of_file(file);
    read_object(object_info<Topology>(), Cursor(*raw, findings), &topology);
    resolve_lengths(topology);
    resolve_sites(topology);
    resolve_circuits(topology);
    check(topology, *raw, findings);
    if (check == check_rules) expect_breaches(topology, findings);
  }
  findings.raise(file);
  return topology;
}

std::pair<Topology, RawPtr> read_tree(const std::string& path, const Where& named_at) {
  Findings findings;
  auto raw = load(path, findings, {named_at, {"topology"}});
  const auto file = raw == nullptr || raw->at.file == nullptr ? path : *raw->at.file;
  auto topology = resolve(raw, file, findings);
  return {std::move(topology), std::move(raw)};
}

}  // namespace

Topology read(const std::string& path) { return read_tree(path, {}).first; }

std::pair<Topology, Document> read_with_document(const std::string& path, const Where& named_at) {
  auto [topology, raw] = read_tree(path, named_at);
  return {std::move(topology), Document::of(raw)};
}

Topology read(const Document& document) {
  Findings findings;
  return resolve(document.raw(), document.file(), findings);
}

Topology read_words(const Document& document) {
  Findings findings;
  return resolve(document.raw(), document.file(), findings, obey_nothing);
}

Topology read_text(std::string_view text, const std::string& file) {
  Findings findings;
  return resolve(load_text(text, file, findings), file, findings);
}

}  // namespace xconn::model
