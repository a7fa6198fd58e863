// SPDX-License-Identifier: Apache-2.0
// Any program of the user's: its argv. It may go on for as long as the lab, or end with status 0. "@RUN@" in an
// argument is the node's run folder.
#pragma once

#include "services/service.hh"

namespace xconn::services {

class Command : public Service {
 public:
  /// Throws NotFoundError when it has no argv.
  Command(const plan::Service& spec, const Context& context);

 protected:
  sys::ProcessSpec process_spec() override;
  bool may_end() const override { return true; }
  std::optional<std::string> unready() override { return std::nullopt; }  ///< it is ready when it runs
  void request_state() override;
};

}  // namespace xconn::services
