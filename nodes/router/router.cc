#include "nodes/router/router.hh"

#include "nodes/routing/routing.hh"

namespace xconn::nodes {

void make_router(const Setting& setting, Fragment& fragment) {
  forwards(fragment);
  add_routing(setting, fragment);
  for (const auto& prefix : vnets_reached_by(setting.topology, setting.node))
    fragment.add_fact("route", prefix.text(), "");
}

}  // namespace xconn::nodes
