// SPDX-License-Identifier: Apache-2.0
#include "lab/drill_site.hh"

#include <utility>

#include "base/errors.hh"
#include "lab/changing.hh"
#include "lab/destination.hh"
#include "lab/lab.hh"
#include "lab/place.hh"
#include "sys/file.hh"

namespace xconn::lab {
namespace {

constexpr Duration kFaultBound = std::chrono::seconds{30};  // a router that says nothing is given up before

}  // namespace

DrillSite::DrillSite(Lab& lab, std::vector<plan::Rehearsed> changes, bool as_it_is)
    : lab_(lab),
      changes_(std::move(changes)),
      to_rest_(as_it_is ? lab.to_rest_as_it_is() : lab.to_rest()),
      as_it_is_(as_it_is) {}

bool DrillSite::is_in_vain() {
  if (!as_it_is_) return false;
  if (!to_vain_) to_vain_ = lab_.to_vain();
  return !to_vain_();
}

probes::Endpoint DrillSite::endpoint(const std::string& place) const {
  const auto found = place_of(lab_.plan(), place);
  if (!found.fault.empty()) throw NotFoundError(found.fault);
  return {found.node, *found.address, &lab_.node(found.node).netns()};
}

probes::Target DrillSite::target(const std::string& place, std::uint8_t protocol, std::uint16_t port) const {
  const auto destination = destination_of(lab_.plan(), place, protocol, port);
  probes::Target target{destination.address, {}};
  for (const auto& receiver : destination.receivers)
    target.receivers.push_back({receiver.node, receiver.address, &lab_.node(receiver.node).netns(), receiver.port});
  return target;
}

std::vector<probes::InterfaceView> DrillSite::interfaces() const {
  std::vector<probes::InterfaceView> views;
  for (const auto& node : lab_.nodes())
    for (const auto* interface : node->arrivals()) {
      probes::InterfaceView view{
          node->name(), interface->name, &node->netns(), "", "", interface->kind == plan::InterfaceKind::kTunnel};
      const End end{node->name(), interface->name};
      if (const auto* link = lab_.plan().find_link(end)) {
        const auto& peer = link->a == end ? link->b : link->a;
        view.peer_node = peer.node;
        view.peer_name = peer.interface;
      }
      views.push_back(std::move(view));
    }
  return views;
}

std::string DrillSite::folder() const { return lab_.options().folder; }

sys::Loop& DrillSite::loop() { return lab_.loop(); }

/// Turns the loop until `ended` is set, which a callback may outlive.
void DrillSite::await(const std::string& what, const std::shared_ptr<Ended>& ended) {
  loop().wait(what, kFaultBound, [&]() -> std::optional<std::string> {
    if (ended->yes) return std::nullopt;
    return "not yet acknowledged";
  });
  if (ended->failure) std::rethrow_exception(ended->failure);
}

void DrillSite::inject(const drill::Inject& fault) {
  const auto ended = std::make_shared<Ended>();
  injected_[fault.name] =
      lab_.faults().apply({fault.kind, fault.on, fault.parameters, fault.lasts}, [ended](const auto& outcome) {
        *ended = {true, outcome.failure()};
      });
  await("fault " + fault.name, ended);
}

void DrillSite::heal(const std::string& name) {
  for (auto each = injected_.begin(); each != injected_.end();) {
    if (name != "all" && name != each->first) {
      ++each;
      continue;
    }
    const auto id = each->second;
    each = injected_.erase(each);
    if (!lab_.faults().has(id)) continue;  // it healed itself, by its `lasts`
    const auto ended = std::make_shared<Ended>();
    lab_.faults().heal(id, [ended](const auto& failure) { *ended = {true, failure}; });
    await("the end of fault " + std::to_string(id), ended);
  }
}

std::optional<std::string> DrillSite::change(std::size_t number) {
  const auto& wanted = changes_.at(number);
  if (!wanted.refusal.empty()) return wanted.refusal;
  std::optional<Changing> changing;
  try {
    changing.emplace(lab_);
  } catch (const TopologyError& another) {
    return another.what();
  }
  if (!before_) before_ = plan::Rehearsed{{}, lab_.plan(), sys::read_file(topology_file())};
  become(wanted.plan, wanted.topology);
  return std::nullopt;
}

void DrillSite::restore() {
  if (!before_) return;
  const auto before = *std::exchange(before_, std::nullopt);
  become(before.plan, before.topology);
}

void DrillSite::become(const plan::Plan& plan, const std::string& topology) {
  lab_.apply(plan, [](const std::string&) {});
  lab_.mend();
  sys::write_file(topology_file(), topology, 0600);
}

std::string DrillSite::topology_file() const { return folder() + "/topology.json"; }

std::vector<services::Event> DrillSite::events(Duration since) { return lab_.events().since(since); }

std::vector<Detection> DrillSite::detections() const { return lab_.plan().detections; }

}  // namespace xconn::lab
