#include "lab/fault_site.hh"

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/errors.hh"
#include "lab/lab.hh"
#include "services/vty.hh"

namespace xconn::lab {
namespace {

constexpr Duration kPatience = std::chrono::seconds{10};  // with a router that says nothing

std::vector<std::string> stacked_on(const plan::Plan& plan, const End& end) {
  std::vector<std::string> out;
  if (const auto* node = plan.find_node(end.node))
    for (const auto& interface : node->interfaces)
      if (interface.kind == plan::InterfaceKind::kVlan && interface.parent == end.interface)
        out.push_back(interface.name);
  return out;
}

/// What the SD-WAN edge of a node was told: its members and their interfaces.
void add_members(faults::Inventory& inventory, const plan::Node& node) {
  for (const auto& service : node.services) {
    if (service.kind != "sdwan-edge") continue;
    for (const auto& file : node.files) {
      if (file.name != service.config) continue;
      const auto config = nlohmann::json::parse(file.content);
      for (const auto& member : config.at("members"))
        inventory.members.push_back({node.name, member.at("name"), member.at("interface")});
    }
  }
}

/// What bgpd of a node was told: its AS and its neighbours'.
void add_speaker(faults::Inventory& inventory, const plan::Node& node) {
  const auto file = std::ranges::find(node.files, "frr.conf", &plan::File::name);
  if (file == node.files.end()) return;
  faults::Speaker speaker{node.name, node.role, node.router, 0, {}};
  std::istringstream lines(file->content);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first, second, third;
    std::uint32_t asn = 0;
    words >> first >> second >> third;
    if (first == "router" && second == "bgp") speaker.asn = static_cast<std::uint32_t>(std::stoul(third));
    if (first == "neighbor" && third == "remote-as" && words >> asn) speaker.neighbors.push_back({second, asn});
  }
  if (speaker.asn != 0) inventory.speakers.push_back(std::move(speaker));
}

faults::Inventory inventory_of(const plan::Plan& plan) {
  faults::Inventory inventory;
  for (const auto& node : plan.nodes) {
    inventory.nodes.push_back(node.name);
    for (const auto& service : node.services) inventory.daemons.push_back({node.name, service.name});
    add_members(inventory, node);
    add_speaker(inventory, node);
  }
  for (const auto& link : plan.links)
    inventory.links.push_back(
        {link.a, link.b, stacked_on(plan, link.a), stacked_on(plan, link.b), link.a_to_b, link.b_to_a});
  return inventory;
}

}  // namespace

const faults::Inventory& FaultSite::inventory() const {
  if (!inventory_) inventory_ = inventory_of(lab_.plan());
  return *inventory_;
}

const sys::Netns& FaultSite::netns(const std::string& node) { return lab_.node(node).netns(); }

void FaultSite::impair(const End& from, const Impairment& impairment) {
  auto whole = impairment;
  if (const auto* link = lab_.plan().find_link(from)) whole.loss = (link->a == from ? link->a_to_b : link->b_to_a).loss;
  lab_.impair(from, whole);
}

void FaultSite::signal(const std::string& node, const std::string& daemon, int number) {
  auto& service = lab_.node(node).services().at(daemon);
  if (number == SIGKILL) service.hold(true);
  service.signal(number);
}

void FaultSite::configure(const std::string& node, const std::vector<std::string>& commands, sys::Pending pending) {
  auto& parts = talks_[node].parts;
  parts.push_back({commands, std::move(pending)});
  if (parts.size() == 1) begin(node);
}

void FaultSite::begin(const std::string& node) {
  auto& talk = talks_[node];
  talk.request =
      services::vty_configure(lab_.loop(), services::vty_socket(node, "bgpd"), talk.parts.front().commands, kPatience,
                              [this, node](const auto& outcome) { ended(node, outcome.failure()); });
  if (!talk.request) ended(node, std::make_exception_ptr(Error("bgpd of " + node + " does not listen")));
}

void FaultSite::ended(const std::string& node, const std::exception_ptr& failure) {
  auto& talk = talks_[node];
  const auto part = std::move(talk.parts.front());
  talk.parts.pop_front();
  talk.request.reset();
  if (failure && part.pending) part.pending->failed(failure);
  if (talk.parts.empty())
    talks_.erase(node);
  else
    begin(node);
}

void FaultSite::restart(const std::string& node, const std::string& daemon) {
  auto& services = lab_.node(node).services();
  services.at(daemon).hold(false);
  services.restart(daemon);
}

}  // namespace xconn::lab
