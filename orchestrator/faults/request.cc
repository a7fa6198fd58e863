// SPDX-License-Identifier: Apache-2.0
#include "faults/request.hh"

#include <algorithm>
#include <set>

#include "base/join.hh"
#include "base/nearest.hh"
#include "faults/kinds.hh"
#include "faults/site.hh"
#include "faults/targets.hh"
#include "faults/values.hh"

namespace xconn::faults {

namespace {

Finding finding(const Request& request, std::string field, std::string value, std::string rule,
                std::string remedy = {}) {
  const std::string object = "fault" + (request.kind.empty() ? "" : " " + request.kind);
  return {{"fault", 0, 0}, object, std::move(field), std::move(value), std::move(rule), std::move(remedy), ""};
}

/// Of one that is no value of this kind.
Finding value_finding(const Request& request, std::string field, std::string value, ValueKind kind) {
  return finding(request, std::move(field), std::move(value), "it is " + std::string(info_of(kind).form));
}

std::string list_of(const std::set<std::string>& names) { return names.empty() ? "none" : join(names); }

/// "did you mean 'loss'", or all that there are.
std::string nearest_of(const std::string& word, const std::vector<std::string_view>& known, const std::string& all) {
  const auto near = did_you_mean(word, known);
  return near.empty() ? all + list_of({known.begin(), known.end()}) : near;
}

std::string parameter_remedy(const Kind& kind, const std::string& word) {
  std::vector<std::string_view> names{"for"};
  for (const auto& parameter : kind.parameters) names.push_back(parameter.name);
  return nearest_of(word, names, "it has: ");
}

const Kind& kind_of(const Request& request) {
  if (const Kind* kind = find_kind(request.kind)) return *kind;
  throw NotFoundError("there is no fault \"" + request.kind + "\"; " + kind_remedy(request.kind));
}

void set_for(Request& request, const std::string& text, std::vector<Finding>& findings) {
  if (is_valid(ValueKind::kLasting, text))
    request.for_ = parse_duration(text);
  else
    findings.push_back(value_finding(request, "for", text, ValueKind::kLasting));
}

void take_word(Request& request, const std::string& word, std::vector<Finding>& findings) {
  const auto equals = word.find('=');
  const Kind* kind = find_kind(request.kind);
  if (word.starts_with("--for=") || word.starts_with("for=")) {
    set_for(request, word.substr(equals + 1), findings);
  } else if (equals != std::string::npos) {
    request.parameters[word.substr(0, equals)] = word.substr(equals + 1);
  } else if (kind != nullptr && !kind->parameters.empty() &&
             request.parameters.emplace(kind->parameters.front().name, word).second) {
    return;
  } else {
    findings.push_back(finding(request, "", word, "unexpected argument", "write NAME=VALUE"));
  }
}

void refuse(std::vector<Finding> findings) {
  if (!findings.empty()) throw TopologyError(std::move(findings));
}

// --- targets -------------------------------------------------------------------------------------------------------

using Things = std::set<std::pair<std::string, std::string>>;

void add_configured(TargetKind kind, const Inventory& inventory, Things& out) {
  const bool any = kind == TargetKind::kConfigured;
  if (any || kind == TargetKind::kSubInterface)
    for (const auto& one : inventory.sub_interfaces) out.emplace(one.node, one.name);
  if (any || kind == TargetKind::kNeighbor)
    for (const auto& speaker : inventory.speakers)
      for (const auto& neighbor : speaker.bgp.neighbors) out.emplace(speaker.node, neighbor.address.text());
  if (any || kind == TargetKind::kTunnel)
    for (const auto& tunnel : inventory.tunnels) out.emplace(tunnel.node, tunnel.name);
  if (any || kind == TargetKind::kNumbered)
    for (const auto& one : inventory.numbered) out.emplace(one.node, one.interface);
}

// Every NODE:NAME that a fault of this target kind may name, by node.
Things things(TargetKind kind, const Inventory& inventory) {
  Things result;
  if (kind == TargetKind::kEnd) {
    for (const auto& link : inventory.links) {
      result.emplace(link.a.node, link.a.interface);
      result.emplace(link.b.node, link.b.interface);
    }
  } else if (kind == TargetKind::kDaemon) {
    for (const auto& daemon : inventory.daemons) result.emplace(daemon.node, daemon.name);
  } else if (kind == TargetKind::kMember) {
    for (const auto& member : inventory.members) result.emplace(member.node, member.name);
  } else if (kind == TargetKind::kRoute) {
    for (const auto& route : inventory.routes) result.emplace(route.node, route.to.text());
  } else {
    add_configured(kind, inventory, result);
  }
  return result;
}

std::string_view noun(TargetKind kind) {
  constexpr std::string_view kNouns[] = {"link end",
                                         "daemon",
                                         "node",
                                         "SD-WAN member",
                                         "BGP speaker",
                                         "MSEE",
                                         "setting",
                                         "sub-interface",
                                         "BGP neighbour",
                                         "tunnel",
                                         "interface with an IPv4 address",
                                         "node with BFD",
                                         "load balancer",
                                         "static route"};
  return kNouns[static_cast<int>(kind)];
}

bool is_whole_node(TargetKind target) {
  return target == TargetKind::kNode || target == TargetKind::kSpeaker || target == TargetKind::kMsee ||
         target == TargetKind::kBfdSpeaker || target == TargetKind::kBalancer;
}

bool is_of(TargetKind target, const Speaker& speaker) {
  if (target == TargetKind::kMsee) return speaker.role == "msee";
  return target == TargetKind::kSpeaker || speaker.bgp.has_bfd();
}

/// Is the node one that this fault configures, if it configures at all?
bool can_be_told(TargetKind target, const std::string& node, const Inventory& inventory) {
  if (target == TargetKind::kBalancer)
    return std::ranges::find(inventory.balancers, node, &Balancer::node) != inventory.balancers.end();
  return target == TargetKind::kNode ||
         std::any_of(inventory.speakers.begin(), inventory.speakers.end(),
                     [&](const Speaker& speaker) { return speaker.node == node && is_of(target, speaker); });
}

/// What a request's target has to be: of a mismatch what mismatches there, or when that is nothing anything that can.
TargetKind target_of(const Kind& kind, const Request& request) {
  const auto what = request.parameters.find("what");
  const auto* mismatch = what == request.parameters.end() ? nullptr : find_mismatch(what->second);
  return mismatch == nullptr ? kind.target : mismatch->target;
}

std::vector<std::string> targets(TargetKind kind, const Inventory& inventory) {
  std::vector<std::string> all;
  if (is_whole_node(kind))
    std::ranges::copy_if(inventory.nodes, std::back_inserter(all),
                         [&](const std::string& node) { return can_be_told(kind, node, inventory); });
  for (const auto& [node, thing] : things(kind, inventory)) all.push_back(node + ":" + thing);
  return all;
}

std::optional<std::string> target_fault(const Kind& kind, TargetKind wanted, const std::string& target,
                                        const Inventory& inventory) {
  const auto known = targets(wanted, inventory);
  if (std::ranges::find(known, target) != known.end()) return std::nullopt;
  const std::string node = target.substr(0, target.find(':'));
  if (std::ranges::find(inventory.nodes, node) == inventory.nodes.end()) {
    return "there is no node \"" + node + "\"; there are: " + list_of({inventory.nodes.begin(), inventory.nodes.end()});
  }
  const std::string form = "fault " + std::string(kind.name) + " takes " + std::string(to_string(wanted));
  if (is_whole_node(wanted)) return form + ", not \"" + target + "\"";
  std::set<std::string> there;
  for (const auto& [owner, thing] : things(wanted, inventory)) {
    if (owner == node) there.insert(thing);
  }
  const std::string name = target.size() == node.size() ? "" : target.substr(node.size() + 1);
  return node + " has no " + std::string(noun(wanted)) + " \"" + name + "\"; it has: " + list_of(there) + " (" + form +
         ")";
}

void check_parameters(const Kind& kind, const Request& request, std::vector<Finding>& findings) {
  for (const auto& parameter : kind.parameters) {
    const std::string name(parameter.name);
    const auto given = request.parameters.find(name);
    if (given != request.parameters.end() && !is_valid(parameter.value, given->second))
      findings.push_back(value_finding(request, name, given->second, parameter.value));
    else if (given == request.parameters.end() && parameter.default_value.empty())
      findings.push_back(finding(request, name, "", "this key is required", "it is " + std::string(parameter.meaning)));
  }
  for (const auto& [name, value] : request.parameters)
    if (std::ranges::find(kind.parameters, name, &Parameter::name) == kind.parameters.end())
      findings.push_back(finding(request, name, value, std::string(kind.name) + " fault has no such key",
                                 parameter_remedy(kind, name)));
}

}  // namespace

Request parse(const std::vector<std::string>& words) {
  Request request;
  std::vector<Finding> findings;
  if (words.size() < 2) {
    request.kind = words.empty() ? "" : words[0];
    refuse({finding(request, "", "", "a fault needs a kind and a target",
                    "write KIND TARGET [VALUE] [NAME=VALUE]... [--for DURATION]")});
  }
  request.kind = words[0];
  request.target = words[1];
  for (std::size_t n = 2; n < words.size(); ++n) {
    if (words[n] != "--for") {
      take_word(request, words[n], findings);
    } else if (++n < words.size()) {
      set_for(request, words[n], findings);
    } else {
      findings.push_back(finding(request, "for", "", "--for needs a duration", "write --for 20s"));
    }
  }
  refuse(std::move(findings));
  return request;
}

std::string kind_remedy(const std::string& kind) {
  std::vector<std::string_view> names;
  for (const auto& each : kinds()) names.push_back(each.name);
  return nearest_of(kind, names, "there are: ");
}

std::vector<std::string> targets(const Request& request, const Inventory& inventory) {
  const Kind* kind = find_kind(request.kind);
  return kind == nullptr ? std::vector<std::string>{} : targets(target_of(*kind, request), inventory);
}

std::optional<std::string> target_fault(const Request& request, const Inventory& inventory) {
  const Kind* kind = find_kind(request.kind);
  if (kind == nullptr) return std::nullopt;
  const auto built = as_built(request, inventory);
  return target_fault(*kind, target_of(*kind, built), built.target, inventory);
}

namespace {

bool is_named(const End& end, const std::string& target) { return end.node + ":" + end.interface == target; }

}  // namespace

Request as_built(Request request, const Inventory& inventory) {
  const Kind* kind = find_kind(request.kind);
  if (kind == nullptr || target_of(*kind, request) != TargetKind::kTunnel) return request;
  for (const auto& tunnel : inventory.tunnels)
    if (tunnel.in_topology && is_named(*tunnel.in_topology, request.target))
      request.target = tunnel.node + ":" + tunnel.name;
  return request;
}

void validate(const Request& request, const Inventory& inventory) {
  const Kind& kind = kind_of(request);
  std::vector<Finding> findings;
  check_parameters(kind, request, findings);
  refuse(std::move(findings));  // first, for they may say what the target is to be
  if (const auto wrong = target_fault(request, inventory)) throw NotFoundError(*wrong);
}

std::string to_string(const Request& request) {
  std::string text = request.kind + " " + request.target;
  for (const auto& [name, value] : request.parameters) text += " " + name + "=" + value;
  if (request.for_) text += " for " + xconn::to_string(*request.for_);
  return text;
}

}  // namespace xconn::faults
