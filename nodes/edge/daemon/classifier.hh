// SPDX-License-Identifier: Apache-2.0
// Which application a flow is, by nDPI. No I/O: packets in, findings out.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/duration.hh"
#include "nodes/control/conntrack.hh"
#include "nodes/edge/daemon/config.hh"

struct ndpi_detection_module_struct;
struct ndpi_flow_struct;

namespace xconn::sdwan {

using control::Tuple;

/// A flow turned out to be of an application that rules name.
struct Finding {
  Tuple tuple;
  std::string application;  ///< nDPI's name: "DNS.Google"
  std::uint32_t bits = 0;   ///< of the rules that name it (application_bit)
};

struct ApplicationTotal {
  std::string name;
  std::uint64_t flows = 0, packets = 0, bytes = 0;
};

class Classifier {
 public:
  /// Throws ConfigError when a rule names an application that nDPI does not know.
  explicit Classifier(const Config& config);

  /// One IPv4 packet, from its IP header on. Looks at the first packets of each TCP or UDP flow, in both directions.
  std::optional<Finding> observe(std::span<const std::uint8_t> packet, Duration now);

  /// Most bytes first; "Unknown" is left out.
  std::vector<ApplicationTotal> top(std::size_t count) const;

 private:
  struct FreeModule {
    void operator()(ndpi_detection_module_struct* module) const noexcept;
  };
  struct FreeFlow {
    void operator()(ndpi_flow_struct* flow) const noexcept;
  };
  struct Flow {
    std::unique_ptr<ndpi_flow_struct, FreeFlow> state;  ///< gone once enough packets were seen
    int inspected = 0;
    std::uint64_t packets = 0, bytes = 0;
    std::uint32_t bits = 0;
    std::string application;
    Duration seen{0};
  };
  std::string name_of(std::uint16_t protocol) const;
  bool inspect(Flow& flow, std::span<const std::uint8_t> packet, Duration now);
  void attribute(Flow& flow, const std::string& application);
  void make_room(Duration now);

  std::unique_ptr<ndpi_detection_module_struct, FreeModule> module_;
  std::multimap<std::string, std::uint32_t> bits_;  // lower-case name to the bit of a rule
  std::map<Tuple, Flow> flows_;
  std::map<std::string, ApplicationTotal> totals_;
};

}  // namespace xconn::sdwan
