// SPDX-License-Identifier: Apache-2.0
// From what people already have to a topology: JSON of `az network ... show/list`, ARM templates with their parameters,
// Terraform's plan and state. Pure: texts in, a topology's text and notes out. Nothing is written, started or sent.
//
// Readers of the kinds of input (az.cc, arm/, terraform/) bring everything into one form, a flat list of Azure
// resources with properties in ARM's own words and with their place in the input (resources/). One row per resource
// type (objects/types.cc) turns a resource into objects of the topology. What Azure does not know, the customer's side,
// is made to match (on_prem/).
#pragma once

#include <string>
#include <vector>

#include "importing/text/note.hh"

namespace xconn::importing {

struct Imported {
  std::string topology;  ///< YAML, the same for the same texts
  std::vector<Carried> carried;
  std::vector<Note> notes;
};

/// All texts together become one topology called `name`. Throws TopologyError with every file that cannot be read, and
/// when there is nothing in them to make a topology of.
/// `region` is that of VNets for which no file says one.
Imported import_texts(const std::vector<Text>& texts, const std::string& name, const std::string& region = {});

}  // namespace xconn::importing
