// SPDX-License-Identifier: Apache-2.0
// What the verbs of objects (object.cc) know of a topology, for completion.
#pragma once

#include <string>
#include <vector>

#include "model/document.hh"

namespace xconn::cli {

/// All of a kind ("circuit", "peering") with the words that name them: "er1", "er1 private". Empty for what is no kind.
std::vector<std::string> object_names(const std::string& word, const model::Document& document);

}  // namespace xconn::cli
