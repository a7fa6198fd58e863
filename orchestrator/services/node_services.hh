// The services of one node, started in the order that `after` asks for, as parallel as that allows.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "services/service.hh"

namespace xconn::services {

class NodeServices {
 public:
  /// Starts nothing. Throws NotFoundError for an unknown kind or an `after` that names no service of the node.
  NodeServices(const plan::Node& node, const Context& context);
  ~NodeServices();

  const std::string& node() const { return context_.node; }
  const std::vector<std::unique_ptr<Service>>& all() const { return services_; }
  Service* find(std::string_view name) const;
  /// Throws NotFoundError, naming the services that there are.
  Service& at(std::string_view name) const;
  /// The first of that kind, nullptr when there is none.
  Service* of_kind(std::string_view kind) const;

  /// Starts what waits for nothing; returns at once. The rest starts from missing().
  void start();
  /// Starts what has become startable, and says what is still missing: "msee1: bgpd: no vty socket yet".
  std::optional<std::string> missing();
  /// Restarts it and, as FRR's watchfrr does when zebra dies, everything that came after it.
  void restart(std::string_view name);
  /// Makes the services what `wanted` lists: stops what is not there any more, makes and starts what is new or is run
  /// in another way, and lets the rest take over the files that were written anew. Returns at once; missing() says when
  /// all serve again.
  void change(const std::vector<plan::Service>& wanted, const std::vector<std::string>& files);
  /// In reverse order; all get their TERM first, so that it takes one grace period for all.
  void stop(Duration grace = std::chrono::seconds(2));

  /// {"zebra": {...}, "bgpd": {...}}: Service::state of each; {"error": "..."} in place of one that does not answer.
  nlohmann::json state();

 private:
  Context context_;
  std::vector<std::unique_ptr<Service>> services_;
};

}  // namespace xconn::services
