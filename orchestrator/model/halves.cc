// SPDX-License-Identifier: Apache-2.0
#include "model/halves.hh"

#include "base/join.hh"
#include "model/read.hh"
#include "model/rules.hh"

namespace xconn::model {
namespace {

/// "[10.1.0.0/16, 10.9.0.0/16]"
std::string list_of(const std::vector<Prefix>& prefixes) { return "[" + join(prefixes, ", ", &Prefix::text) + "]"; }

}  // namespace

void put_in_half(Document& document, const std::string& vnet, const std::string& half, const char* key,
                 const RawPtr& value) {
  const KeyPath path{"vnets", vnet, "peerings", half};
  if (const auto* raw = document.find(path); raw->is_scalar())
    document.put(path, parse_value("{remote: " + raw->text + "}"));
  document.put({"vnets", vnet, "peerings", half, key}, value);
}

void put_known_space(Document& document, const std::string& vnet, const std::string& half,
                     const std::vector<Prefix>& space) {
  put_in_half(document, vnet, half, "remote-address-space", parse_value(list_of(space)));
}

void sync_half(Document& document, const std::string& vnet, const std::string& half) {
  const auto topology = read_words(document);
  const auto& remote = find_named(find_named(topology.vnets, vnet)->peerings, half)->remote;
  put_known_space(document, vnet, half, find_named(topology.vnets, remote)->address_space);
}

}  // namespace xconn::model
