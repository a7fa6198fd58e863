// SPDX-License-Identifier: Apache-2.0
// ARM templates, as `az group export` writes them and as people and Bicep do, with their parameters files.
#include <algorithm>

#include "importing/arm/parameters.hh"
#include "importing/arm/template.hh"
#include "importing/objects/types.hh"
#include "importing/resources/readers.hh"

namespace xconn::importing {
namespace {

using model::Raw;
using model::RawPtr;

bool has_schema(const Raw& root, std::string_view word) {
  const auto* schema = root.is_map() ? property(root, "$schema") : nullptr;
  return schema != nullptr && schema->text.find(word) != std::string::npos;
}

bool has(const Raw& root, const char* key) { return root.is_map() && find_key(root, key) != nullptr; }

void deploy(const std::vector<RawPtr>& roots, const Reading& reading, ArmWorld& world) {
  const auto parameters = paired_parameters(roots, reading.parameters, world.notes);
  for (std::size_t i = 0; i < roots.size(); ++i) {
    ArmDeployment deployment;
    if (roots[i]->at.file != nullptr) deployment.uri = *roots[i]->at.file;
    if (!reading.region.empty()) deployment.location = reading.region;
    world.nowhere.clear();
    ArmTemplate(roots[i], parameters[i], deployment, world).read();
  }
}

ArmWorld world_of(const Reading& reading, Notes& notes, Inventory& inventory) {
  ArmWorld world{notes, inventory};
  for (const auto& each : reading.templates) world.templates.add(each);
  for (const auto& each : reading.parameters) world.parameters.add(each);
  return world;
}

/// All but those that another one deploys: which ones these are shows when they are deployed, for a trial.
std::vector<RawPtr> roots_of(const Reading& reading) {
  if (reading.templates.size() < 2) return reading.templates;
  Notes unread;
  Inventory nowhere(unread);
  auto world = world_of(reading, unread, nowhere);
  deploy(reading.templates, reading, world);
  auto roots = reading.templates;
  std::erase_if(roots, [&](const RawPtr& root) { return world.linked.contains(root.get()); });
  return roots.empty() ? std::vector{reading.templates.front()} : roots;
}

/// Settings that a program of Microsoft's makes templates of (github.com/mspnp/template-building-blocks).
bool is_building_blocks(const Raw& root) { return has_schema(root, "uildingBlocks"); }

void tell_of_parameters(const Reading& reading) {
  for (const auto& file : reading.parameters)
    if (is_building_blocks(*file))
      reading.notes.add({file->at.where(), "settings", "", "", "are for Azure Building Blocks, and are no template",
                         "deploy them with `azbb`, and import what `az group export` says of the group"});
    else
      reading.notes.add(
          {file->at.where(), "parameters", "", "", "are no template",
           "give the template that they are for too: `xconn import TEMPLATE.json " + *file->at.file + "`"});
}

void tell_secrets(const Reading& reading) {
  for (const auto& file : reading.parameters) {
    const auto* parameters = property(*file, "parameters");
    if (parameters == nullptr) continue;
    for (const auto& entry : parameters->entries)
      if (const auto* secret = entry.value->is_map() ? find_key(*entry.value, "reference") : nullptr)
        reading.notes.add({secret->at.where(), "parameter " + entry.key, "reference", "", "is kept in a key vault",
                           "the parameter has no value"});
  }
}

}  // namespace

bool is_arm_parameters(const Raw& root) {
  return has_schema(root, "eploymentParameters") ||
         (has(root, "parameters") && has(root, "contentVersion") && !has(root, "resources"));
}

bool is_arm(const Raw& root) {
  return has_schema(root, "eploymentTemplate") || (has(root, "resources") && has(root, "contentVersion"));
}

void read_arm_parameters(const RawPtr& root, Reading& reading) { reading.parameters.push_back(root); }
void read_arm(const RawPtr& root, Reading& reading) { reading.templates.push_back(root); }

bool is_built_parameters(const Raw& root) { return has(root, "parametersJson"); }

void read_built_parameters(const RawPtr& root, Reading& reading) {
  std::vector<Finding> findings;
  for (const auto* key : {"parametersJson", "templateJson"}) {
    const auto* text = property(*root, key);
    if (text == nullptr) continue;
    for (const auto& document : read_json({*root->at.file, text->text}, findings))
      (is_arm_parameters(*document) ? reading.parameters : reading.templates).push_back(document);
  }
  for (const auto& finding : findings)
    reading.notes.add({root->at.where(), "parameters", "", "", finding.rule, "they were passed over"});
}

void deploy_templates(Reading& reading) {
  tell_secrets(reading);
  if (reading.templates.empty()) return tell_of_parameters(reading);
  auto world = world_of(reading, reading.notes, reading.inventory);
  deploy(roots_of(reading), reading, world);
  world.hidden.tell(reading.notes);
  if (world.work.is_spent())
    reading.notes.add_anyway(
        {{}, "templates", "", "", "want more work than is done here", "the rest of them was left out"});
}

}  // namespace xconn::importing
