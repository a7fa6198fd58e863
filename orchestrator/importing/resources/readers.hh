// SPDX-License-Identifier: Apache-2.0
// The kinds of input: how each is known by what is in it, and who reads it.
#pragma once

#include <string>
#include <vector>

#include "importing/resources/resource.hh"

namespace xconn::importing {

struct Reading {
  Notes& notes;
  Inventory& inventory;
  std::string region{};                                  ///< where templates are deployed; empty when nobody says it
  std::vector<model::RawPtr> templates{}, parameters{};  ///< of ARM: deployed once all are there
};

bool is_az(const model::Raw& root);
void read_az(const model::RawPtr& root, Reading& reading);

bool is_arm_parameters(const model::Raw& root);
void read_arm_parameters(const model::RawPtr& root, Reading& reading);
/// What `az bicep build-params --stdout` says: JSON in texts.
bool is_built_parameters(const model::Raw& root);
void read_built_parameters(const model::RawPtr& root, Reading& reading);
bool is_arm(const model::Raw& root);
void read_arm(const model::RawPtr& root, Reading& reading);
/// What has been read of ARM; what else was read may be referred to.
void deploy_templates(Reading& reading);

bool is_terraform(const model::Raw& root);
void read_terraform(const model::RawPtr& root, Reading& reading);

}  // namespace xconn::importing
