// SPDX-License-Identifier: Apache-2.0
// A lab becomes what a plan says, from nothing or from what it is.

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <set>

#include "base/errors.hh"
#include "lab/count.hh"
#include "lab/lab.hh"
#include "plan/difference.hh"
#include "sys/clock.hh"
#include "sys/file.hh"

namespace xconn::lab {
namespace {

using plan::Edits;
using plan::NodeEdits;

NodeEdits& edits_of(Edits& edits, const std::string& node) {
  const auto found = std::ranges::find(edits.changed, node, &NodeEdits::node);
  return found == edits.changed.end() ? edits.changed.emplace_back(NodeEdits{.node = node}) : *found;
}

/// An interface that is created anew has nothing of what it had, and neither has what stands on it.
void renew(Edits& edits, const plan::Node& after, const std::string& name) {
  auto& changes = edits_of(edits, after.name).interfaces;
  for (const auto& interface : after.interfaces) {
    const bool stands_on_it = interface.parent == name;
    if (interface.name != name && !stands_on_it) continue;
    const auto is_it = [&](const auto& other) { return other.name == interface.name; };
    if (std::ranges::any_of(changes.added, is_it)) continue;
    std::erase_if(changes.changed, [&](const auto& pair) { return is_it(pair.second); });
    if (stands_on_it) changes.removed.push_back(interface);
    changes.added.push_back(interface);
  }
}

bool is_end_of(const plan::Link& link, const End& end) { return link.a == end || link.b == end; }

/// Links whose end another link is to have: they cannot wait to go until the new one is there.
std::vector<plan::Link> in_the_way(const Edits& edits) {
  std::vector<plan::Link> links;
  std::ranges::copy_if(edits.links.removed, std::back_inserter(links), [&](const auto& old) {
    return std::ranges::any_of(edits.links.added,
                               [&](const auto& now) { return is_end_of(now, old.a) || is_end_of(now, old.b); });
  });
  return links;
}

std::vector<plan::Link> the_others(const std::vector<plan::Link>& all, const std::vector<plan::Link>& without) {
  std::vector<plan::Link> links;
  std::ranges::copy_if(all, std::back_inserter(links),
                       [&](const auto& link) { return std::ranges::find(without, link) == without.end(); });
  return links;
}

std::size_t services_in(const std::vector<plan::Node>& nodes) {
  std::size_t count = 0;
  for (const auto& node : nodes) count += node.services.size();
  return count;
}

/// What the user did not ask for is told once, and not in detail.
void tell_put_right(const NodeEdits& left, std::vector<std::string>& told) {
  const auto tells = [&](const std::string& sentence) { return std::ranges::find(told, sentence) != told.end(); };
  const auto sentence = "~ node " + left.node + ": what a change that stopped half-way left there is put right";
  if (!tells(sentence) && !tells(plan::sentences({.changed = {left}}).front())) told.push_back(sentence);
}

std::string in_one_line(std::string text) {
  for (auto at = text.find("\n    "); at != std::string::npos; at = text.find("\n    ", at)) text.replace(at, 5, "; ");
  return text;
}

/// What a fault may name that will not be there, or not as it was: "NODE" or "NODE:INTERFACE" or "NODE:DAEMON".
std::set<std::string> what_goes(const Edits& edits) {
  std::set<std::string> out;
  const auto add = [&](const End& end) { out.insert(end.node + ":" + end.interface); };
  for (const auto& node : edits.nodes.removed) out.insert(node.name);
  for (const auto& link : edits.links.removed) add(link.a), add(link.b);
  for (const auto& [before, after] : edits.links.changed) add(after.a), add(after.b);
  for (const auto& node : edits.changed) {
    for (const auto& interface : node.interfaces.removed) add({node.node, interface.name});
    for (const auto& service : node.services.removed) add({node.node, service.name});
    for (const auto& address : node.neighbors_gone) add({node.node, address.text()});
    for (const auto& [before, after] : node.services.changed) add({node.node, after.name});
  }
  return out;
}

}  // namespace

std::vector<std::string> Lab::apply(const plan::Plan& after, const Progress& progress) {
  bury();
  auto edits = plan::edits(plan_, after);
  auto changes = plan::sentences(edits);
  for (auto& left : left_half_way(after)) {
    tell_put_right(left, changes);
    edits.changed.push_back(std::move(left));
  }
  for (const auto& link : edits.links.added)
    for (const auto& end : {link.a, link.b})
      if (plan_.find_node(end.node) != nullptr && after.find_node(end.node) != nullptr)
        renew(edits, *after.find_node(end.node), end.interface);
  heal_what_goes(edits);
  progress("applying " + count_of(changes.size(), "change"));
  try {
    take(edits, after, progress);
  } catch (const std::exception& error) {
    events_.add({sys::now(), "change", "", std::string("stopped half-way: ") + error.what()});
    drop_unfinished(edits.nodes.added);
    for (const auto& changed : edits.changed) remember_half(*after.find_node(changed.node));
    keep_plan(plan_);
    throw Error(std::string("the change stopped half-way: ") + error.what() +
                "\n  the lab runs on; of the change there remains:\n" +
                [&] {
                  std::string rest;
                  for (const auto& change : plan::sentences(plan::edits(plan_, after))) rest += "  " + change + "\n";
                  return rest;
                }() +
                "  run the same command again once the cause is gone");
  }
  half_.clear();
  keep_plan(after);
  for (const auto& change : changes) events_.add({sys::now(), "change", "", in_one_line(change)});
  return changes;
}

/// What changes that stopped left in nodes that stay, which this one puts right.
std::vector<NodeEdits> Lab::left_half_way(const plan::Plan& after) const {
  std::vector<NodeEdits> left;
  for (const auto& half : half_)
    if (const auto* now = after.find_node(half.name); now != nullptr && !plan::edits(half, *now).empty())
      left.push_back(plan::edits(half, *now));
  return left;
}

/// The same change may be tried again and again.
void Lab::remember_half(const plan::Node& node) {
  if (std::ranges::find(half_, node) == half_.end()) half_.push_back(node);
}

/// After each step plan_ says what is there, for whoever has to go on from it.
void Lab::take(const Edits& edits, const plan::Plan& after, const Progress& progress) {
  const auto early = in_the_way(edits);
  for (const auto& link : early) remove_link(link);
  wire(edits, after);
  configure(edits);
  impair_links(edits.links);
  start_captures();
  if (const auto count = services_in(edits.nodes.added); count > 0) progress("starting " + count_of(count, "service"));
  for (const auto& added : edits.nodes.added) node(added.name).start_services();
  for (const auto& changes : edits.changed) node(changes.node).change_services(changes);
  for (const auto& changes : edits.changed) node(changes.node).remove_old(changes);
  for (const auto& link : the_others(edits.links.removed, early)) remove_link(link);
  for (const auto& removed : edits.nodes.removed) remove_node(removed.name);
}

void Lab::wire(const Edits& edits, const plan::Plan& after) {
  add_nodes(edits.nodes.added);
  plan_.nodes.insert(plan_.nodes.end(), edits.nodes.added.begin(), edits.nodes.added.end());
  // Both ends' settings are those of the new plan.
  for (const auto& changes : edits.changed) node(changes.node).expect(*after.find_node(changes.node));
  add_links(edits.links.added);
  plan_.links.insert(plan_.links.end(), edits.links.added.begin(), edits.links.added.end());
}

void Lab::configure(const Edits& edits) {
  const auto netns_of = [this](const std::string& name) -> const sys::Netns& { return node(name).netns(); };
  for (const auto& added : edits.nodes.added) node(added.name).configure(options_.vlan);
  for (const auto& added : edits.nodes.added) node(added.name).watch();
  for (const auto& changes : edits.changed) node(changes.node).add_new(changes, options_.vlan);
  for (const auto& added : edits.nodes.added) node(added.name).mirror_routes(netns_of);
  for (const auto& changes : edits.changed)
    if (changes.mirrors) node(changes.node).mirror_anew(netns_of);
}

void Lab::impair_links(const plan::ListEdits<plan::Link>& links) {
  for (const auto& link : links.added) impair(link.a, link.a_to_b), impair(link.b, link.b_to_a);
  for (const auto& [before, now] : links.changed) {
    if (!(before.a_to_b == now.a_to_b)) impair(now.a, now.a_to_b);
    if (!(before.b_to_a == now.b_to_a)) impair(now.b, now.b_to_a);
  }
}

/// A node that could not be finished is no node of the lab: it is made anew next time.
void Lab::drop_unfinished(const std::vector<plan::Node>& nodes) {
  for (const auto& unfinished : nodes) try {
      const auto links = plan_.links;
      for (const auto& link : links)
        if (link.a.node == unfinished.name || link.b.node == unfinished.name) remove_link(link);
      if (by_name_.contains(unfinished.name)) remove_node(unfinished.name);
    } catch (const std::exception& error) {
      events_.add({sys::now(), "change", unfinished.name, std::string("could not be undone: ") + error.what()});
    }
}

void Lab::heal_what_goes(const Edits& edits) {
  const auto gone = what_goes(edits);
  for (const auto& fault : faults_->list()) {
    const auto& target = fault.request.target;
    if (gone.contains(target) || gone.contains(target.substr(0, target.find(':')))) faults_->heal(fault.id);
  }
}

void Lab::remove_link(const plan::Link& link) {
  for (const auto& end : {link.a, link.b}) impaired_.erase({end.node, end.interface});
  node(link.a.node).netlink().commit(kernel::link_delete(link.a.interface).tolerate(ENODEV));
  std::erase(plan_.links, link);
}

void Lab::remove_node(const std::string& name) {
  auto& leaving = node(name);
  const auto ended = std::make_shared<bool>(false);
  leaving.retire(sys::Join::begin(loop_, [this, ended](const auto&) {
    *ended = true;
    bury();
  }));
  by_name_.erase(name);
  const auto place = std::ranges::find(nodes_, &leaving, &std::unique_ptr<Node>::get);
  retired_.push_back({std::move(*place), ended});
  nodes_.erase(place);
  std::erase_if(plan_.nodes, [&](const auto& node) { return node.name == name; });
}

/// A drill may still look at a node that was removed.
void Lab::bury() {
  if (!is_drilled) std::erase_if(retired_, [](const auto& retired) { return *retired.ended; });
}

void Lab::keep_plan(const plan::Plan& plan) {
  if (&plan != &plan_) plan_ = plan;
  fault_site_.forget_inventory();
  sys::write_file(options_.folder + "/plan.json", plan::to_json(plan_, true).dump(), 0600);
}

}  // namespace xconn::lab
