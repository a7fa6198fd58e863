// SPDX-License-Identifier: Apache-2.0
#include "az/refusal.hh"

#include <fmt/format.h>

namespace xconn::az {

Refusal refused(const std::string& code, const std::string& message, int exit_code) {
  return {fmt::format("({0}) {1}\nCode: {0}\nMessage: {1}", code, message), exit_code};
}

Refusal resource_not_found(const std::string& type, const std::string& name, const std::string& group) {
  return refused("ResourceNotFound",
                 fmt::format("The Resource 'Microsoft.Network/{}/{}' under resource group '{}' was not found. For more "
                             "details please go to https://aka.ms/ARMResourceNotFoundFix",
                             type, name, group),
                 kNotThere);
}

Refusal child_not_found(const std::string& id) {
  return refused("NotFound", fmt::format("Resource {} not found.", id), kNotThere);
}

Refusal usage(const std::string& text) { return {text, kUsage}; }

}  // namespace xconn::az
