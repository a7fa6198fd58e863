// SPDX-License-Identifier: Apache-2.0
// Scale sets: a host for each of the first instances, with the NICs that the set's profile gives them.
#include <algorithm>

#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

constexpr long long kMostInstances = 1000, kPlayed = 2;  // one can fail, and another one is left

/// How many of its instances a lab has.
long long instances_of(Fields& fields, const std::string& name, Draft& draft) {
  const auto given = fields.number("sku.capacity", 0, kMostInstances, "it has two");
  if (!given)
    draft.assume({fields.where(), fields.object(), "sku.capacity", "", "the files leave its number of instances open",
                  "it has two"},
                 "nodes/" + name + "-0");
  const auto capacity = given.value_or(kPlayed);
  const auto count = std::clamp(capacity, 1LL, kPlayed);
  if (count != capacity)
    draft.notes.add({fields.where(), fields.object(), "sku.capacity", std::to_string(capacity),
                     "a lab has one or two instances of a scale set",
                     "it has " + std::to_string(count) + ": " + name + "-0" + (count > 1 ? ", " + name + "-1" : "")});
  return count;
}

void add_instance(const Resource& set, const std::string& name, const model::Raw& nics, Draft& draft) {
  add_node(name, draft).where = set.at.where();
  for (std::size_t i = 0; i < nics.items.size(); ++i) {
    if (!nics.items[i]->is_map()) continue;
    Fields inner(*nics.items[i], "NIC of " + name, draft);
    const auto id = set.id.child("virtualMachines", name).child("networkInterfaces", std::to_string(i));
    const End end{name, "eth" + std::to_string(i)};
    draft.nics[draft.key(id)] = end;
    add_interface(id, end, inner, draft);
  }
}

}  // namespace

void carry_scale_set(const Resource& resource, Fields& fields, Draft& draft) {
  const auto* nics = fields.raw("virtualMachineProfile.networkProfile.networkInterfaceConfigurations");
  const auto name = draft.name_for(resource.id, "scale set", resource.at.where(), fields.object());
  if (nics != nullptr)
    for (long long i = 0, count = instances_of(fields, name, draft); i < count; ++i)
      add_instance(resource, draft.free_name(name + "-" + std::to_string(i)), *nics, draft);
  else
    fields.note("virtualMachineProfile", "has no NICs", kLeftOut);
  fields.ignore_rest();
}

}  // namespace xconn::importing
