// SPDX-License-Identifier: Apache-2.0
// Files that templates name by address or path, found among those that are there.
#pragma once

#include <string>
#include <vector>

#include "model/raw.hh"

namespace xconn::importing {

class ArmLinks {
 public:
  void add(model::RawPtr root) { files_.push_back(std::move(root)); }
  const std::vector<model::RawPtr>& files() const { return files_; }
  /// The one whose path ends as `target`'s does, in most of its parts; nullptr when none has its file name.
  model::RawPtr find(const std::string& target) const;

 private:
  std::vector<model::RawPtr> files_;
};

/// "vnet.json" of "https://host/nested/vnet.json?sv=1".
std::string file_name_of(const std::string& target);

}  // namespace xconn::importing
