// SPDX-License-Identifier: Apache-2.0
#include "sys/descendants.hh"

#include <sstream>
#include <string>

#include "base/errors.hh"
#include "sys/file.hh"

namespace xconn::sys {

std::vector<int> children_of(int pid) try {
  const auto path = "/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children";
  std::istringstream text(read_file_if_present(path).value_or(""));
  std::vector<int> children;
  for (int child; text >> child;) children.push_back(child);
  return children;
} catch (const KernelError&) {
  return {};
}

std::vector<int> descendants_of(int pid) {
  std::vector<int> found = children_of(pid);
  for (std::size_t at = 0; at < found.size(); ++at)
    for (const int child : children_of(found[at])) found.push_back(child);
  return found;
}

}  // namespace xconn::sys
