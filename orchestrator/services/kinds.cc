// SPDX-License-Identifier: Apache-2.0
// The one table of the kinds of service.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <map>

#include "base/errors.hh"
#include "services/command.hh"
#include "services/frr.hh"
#include "services/json_daemon.hh"
#include "services/keepalived.hh"
#include "services/load_balancer.hh"
#include "services/service.hh"
#include "services/strongswan.hh"

namespace xconn::services {
namespace {

using Made = std::unique_ptr<Service>;
using Make = std::function<Made(const plan::Service&, const Context&)>;

template <typename Kind>
Made made(const plan::Service& spec, const Context& context) {
  return std::make_unique<Kind>(spec, context);
}

Make json_daemon(const char* program, const char* source) {
  return [=](const plan::Service& spec, const Context& context) {
    return std::make_unique<JsonDaemon>(spec, context, program, source);
  };
}

const std::map<std::string, Make>& makers() {
  static const std::map<std::string, Make> rows{
      {"frr", made<FrrDaemon>},
      {"strongswan", made<Charon>},
      {"keepalived", made<Keepalived>},
      {"sdwan-edge", json_daemon("xconn-sdwan", "sdwan")},
      {"load-balancer", made<LoadBalancer>},
      {"encryption", json_daemon("xconn-encryption", "controller")},
      {"echo", json_daemon("xconn-echo", "")},
      {"command", made<Command>},
  };
  return rows;
}

}  // namespace

std::unique_ptr<Service> make(const plan::Service& spec, const Context& context) {
  const auto row = makers().find(spec.kind);
  if (row != makers().end()) return row->second(spec, context);
  throw NotFoundError(fmt::format("{}: service '{}' is of the unknown kind '{}'; there are: {}", context.node,
                                  spec.name, spec.kind, fmt::join(kinds(), ", ")));
}

std::vector<std::string> kinds() {
  std::vector<std::string> names;
  for (const auto& [name, make] : makers()) names.push_back(name);
  return names;
}

}  // namespace xconn::services
