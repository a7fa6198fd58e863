// The kinds of input: how each is known by what is in it, and who reads it.
#pragma once

#include <map>

#include "importing/resource.hh"

namespace xconn::importing {

struct Reading {
  Notes& notes;
  Inventory& inventory;
  std::map<std::string, model::RawPtr> parameters;  ///< of ARM, from parameters files; by name in lower case
};

bool is_az(const model::Raw& root);
void read_az(const model::RawPtr& root, Reading& reading);

bool is_arm_parameters(const model::Raw& root);
void read_arm_parameters(const model::RawPtr& root, Reading& reading);
bool is_arm(const model::Raw& root);
void read_arm(const model::RawPtr& root, Reading& reading);

bool is_terraform(const model::Raw& root);
void read_terraform(const model::RawPtr& root, Reading& reading);

}  // namespace xconn::importing
