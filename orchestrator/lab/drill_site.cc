#include "lab/drill_site.hh"

#include <algorithm>

#include "base/errors.hh"
#include "lab/lab.hh"

namespace xconn::lab {
namespace {

std::optional<Address> first_address(const plan::Interface& interface) {
  if (interface.addresses.empty()) return std::nullopt;
  return interface.addresses.front().address();
}

std::optional<Address> address_of(const plan::Node& node, const std::string& interface) {
  for (const auto& each : node.interfaces)
    if (interface.empty() || each.name == interface)
      if (const auto address = first_address(each)) return address;
  return std::nullopt;
}

const plan::Node* holder_of(const plan::Plan& plan, const Address& address) {
  for (const auto& node : plan.nodes)
    for (const auto& interface : node.interfaces)
      for (const auto& each : interface.addresses)
        if (each.address() == address && node.role != "vnet") return &node;
  return nullptr;
}

constexpr Duration kFaultBound = std::chrono::seconds{30};  // a router that says nothing is given up before

}  // namespace

DrillSite::DrillSite(Lab& lab) : lab_(lab), to_rest_(lab.to_rest()) {}

probes::Endpoint DrillSite::endpoint(const std::string& place) const {
  if (const auto address = Address::parse(place)) {
    const auto* node = holder_of(lab_.plan(), *address);
    if (node == nullptr) throw NotFoundError("no node of lab " + lab_.plan().lab + " has the address " + place);
    return {node->name, *address, &lab_.node(node->name).netns()};
  }
  const auto colon = place.find(':');
  const auto interface = colon == std::string::npos ? std::string{} : place.substr(colon + 1);
  const auto& node = lab_.node(place.substr(0, colon));
  const auto address = address_of(node.plan(), interface);
  if (!address) throw NotFoundError(place + " has no address");
  return {node.name(), *address, &node.netns()};
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

std::vector<services::Event> DrillSite::events(Duration since) { return lab_.events().since(since); }

std::vector<Detection> DrillSite::detections() const { return lab_.plan().detections; }

}  // namespace xconn::lab
