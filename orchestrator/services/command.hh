// Any program of the user's: its argv, kept running. "@RUN@" in an argument is the node's run folder.
#pragma once

#include "services/service.hh"

namespace xconn::services {

class Command : public Service {
 public:
  /// Throws NotFoundError when it has no argv.
  Command(const plan::Service& spec, const Context& context);

 protected:
  sys::ProcessSpec process_spec() override;
  std::optional<std::string> unready() override { return std::nullopt; }  ///< it is ready when it runs
  nlohmann::json read_state(Duration bound) override;
  void request_state() override;
};

}  // namespace xconn::services
