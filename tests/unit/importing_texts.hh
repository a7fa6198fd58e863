// SPDX-License-Identifier: Apache-2.0
// Small inputs for the importer's tests: resources as `az ... show` prints them.
#pragma once

#include <string>

#include "importing/import.hh"
#include "model/read.hh"

namespace xconn::importing {

inline std::string id_of(const std::string& type, const std::string& name) {
  return "/subscriptions/s/resourceGroups/net-rg/providers/" + type + "/" + name;
}

/// `properties` are the entries of a JSON map: "\"a\": 1".
inline std::string resource(const std::string& type, const std::string& name, const std::string& properties) {
  return R"({"id": ")" + id_of(type, name) + R"(", "name": ")" + name + R"(", "type": ")" + type + "\"" +
         (properties.empty() ? "" : ", " + properties) + "}\n";
}

/// "VNet:1 gateway:1 ", as `xconn import --check` lists them.
inline std::string carried_of(const Imported& out) {
  std::string all;
  for (const auto& [what, names] : out.carried) all += what + ":" + std::to_string(names.size()) + " ";
  return all;
}

/// {"id": ...}
inline std::string reference(const std::string& type, const std::string& name) {
  return R"({"id": ")" + id_of(type, name) + "\"}";
}

inline std::string subnet_reference(const std::string& vnet, const std::string& subnet) {
  return reference("Microsoft.Network/virtualNetworks", vnet + "/subnets/" + subnet);
}

/// `subnets` are the items of a JSON list.
inline std::string vnet(const std::string& name, const std::string& space, const std::string& subnets) {
  return resource("Microsoft.Network/virtualNetworks", name,
                  R"("location": "northeurope", "addressSpace": {"addressPrefixes": [")" + space +
                      R"("]}, "subnets": [)" + subnets + "]");
}

inline std::string subnet(const std::string& name, const std::string& prefix, const std::string& more = {}) {
  return R"({"name": ")" + name + R"(", "addressPrefix": ")" + prefix + "\"" + (more.empty() ? "" : ", " + more) + "}";
}

inline std::string route_table(const std::string& name, const std::string& hop) {
  return resource(
      "Microsoft.Network/routeTables", name,
      R"("routes": [{"name": "all", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": ")" +
          hop + "\"}]");
}

inline std::string arm_template(const std::string& parameters, const std::string& resources) {
  return R"({"$schema": "x/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "parameters": {)" + parameters +
         R"(}, "resources": [)" + resources + "]}";
}

inline Imported imported(const std::string& text) { return import_texts({{"a.json", text}}, "lab"); }

/// What is said of a file that nothing comes of; empty when something does.
inline std::string refusal(const std::string& text) {
  try {
    imported(text);
  } catch (const TopologyError& error) {
    return error.what();
  }
  return {};
}

inline model::Topology topology_of(const Imported& out) { return model::read_text(out.topology, "imported.yaml"); }

inline std::string text_of(const std::vector<Note>& notes) {
  std::string out;
  for (const auto& note : notes) out += to_string(note) + "\n";
  return out;
}

}  // namespace xconn::importing
