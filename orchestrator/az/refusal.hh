// SPDX-License-Identifier: Apache-2.0
// What `az` says when it cannot answer: its words, and its exit code (Microsoft Learn, "Azure CLI error handling": 1
// the service refused, 2 the command line is wrong, 3 the resource is not there).
#pragma once

#include <string>

#include "base/errors.hh"

namespace xconn::az {

enum ExitCode { kRefused = 1, kUsage = 2, kNotThere = 3 };

class Refusal : public Error {
 public:
  Refusal(const std::string& text, int exit_code) : Error(text), exit_code_(exit_code) {}
  int exit_code() const { return exit_code_; }
  /// With what Azure leaves out, on a line of its own: the rule that was broken, and the mend.
  Refusal explained(const Finding& finding) const { return {what() + ("\nxconn: " + to_string(finding)), exit_code_}; }

 private:
  int exit_code_;
};

/// Azure Resource Manager's form: "(CODE) MESSAGE", then both once more.
Refusal refused(const std::string& code, const std::string& message, int exit_code = kRefused);
/// type: "expressRouteCircuits"
Refusal resource_not_found(const std::string& type, const std::string& name, const std::string& group);
/// The same of what lies within a resource: a peering of a circuit.
Refusal child_not_found(const std::string& id);
Refusal usage(const std::string& text);

}  // namespace xconn::az
