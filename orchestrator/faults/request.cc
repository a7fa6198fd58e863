// SPDX-License-Identifier: Apache-2.0
#include "faults/request.hh"

#include <algorithm>
#include <set>

#include "faults/kinds.hh"
#include "faults/site.hh"
#include "faults/targets.hh"
#include "faults/values.hh"

namespace xconn::faults {

namespace {

Finding finding(const Where& where, const Request& request, std::string field, std::string value, std::string rule,
                std::string remedy) {
  const std::string object = "fault" + (request.kind.empty() ? "" : " " + request.kind);
  return {where, object, std::move(field), std::move(value), std::move(rule), std::move(remedy), ""};
}

std::string join(const std::set<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

std::string all_kinds() {
  std::set<std::string> names;
  for (const auto& kind : kinds()) names.emplace(kind.name);
  return join(names);
}

std::string all_parameters(const Kind& kind) {
  std::set<std::string> names;
  for (const auto& parameter : kind.parameters) names.emplace(parameter.name);
  return join(names);
}

const Kind& kind_of(const Request& request) {
  if (const Kind* kind = find_kind(request.kind)) return *kind;
  throw NotFoundError("there is no fault \"" + request.kind + "\"; there are: " + all_kinds());
}

void set_for(Request& request, const std::string& text, const Where& where, std::vector<Finding>& findings) {
  const auto duration = parse_duration(text);
  if (duration && *duration > Duration{0}) {
    request.for_ = duration;
  } else {
    findings.push_back(finding(where, request, "for", text, "it is a duration of more than 0", "write it as 20s"));
  }
}

void take_word(Request& request, const std::string& word, std::vector<Finding>& findings) {
  const Where where{"fault", 0, 0};
  const auto equals = word.find('=');
  const Kind* kind = find_kind(request.kind);
  if (word.starts_with("--for=") || word.starts_with("for=")) {
    set_for(request, word.substr(equals + 1), where, findings);
  } else if (equals != std::string::npos) {
    request.parameters[word.substr(0, equals)] = word.substr(equals + 1);
  } else if (kind != nullptr && !kind->parameters.empty() &&
             request.parameters.emplace(kind->parameters.front().name, word).second) {
    return;
  } else {
    findings.push_back(finding(where, request, "", word, "unexpected argument", "write NAME=VALUE"));
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
  } else {
    add_configured(kind, inventory, result);
  }
  return result;
}

std::string_view noun(TargetKind kind) {
  constexpr std::string_view kNouns[] = {"link end", "daemon",  "node",          "SD-WAN member", "BGP speaker",
                                         "MSEE",     "setting", "sub-interface", "BGP neighbour", "tunnel"};
  return kNouns[static_cast<int>(kind)];
}

bool is_whole_node(TargetKind target) {
  return target == TargetKind::kNode || target == TargetKind::kSpeaker || target == TargetKind::kMsee;
}

/// Is the node one that this fault configures, if it configures at all?
bool can_be_told(TargetKind target, const std::string& node, const Inventory& inventory) {
  return target == TargetKind::kNode ||
         std::any_of(inventory.speakers.begin(), inventory.speakers.end(), [&](const Speaker& speaker) {
           return speaker.node == node && (target == TargetKind::kSpeaker || speaker.role == "msee");
         });
}

/// What a request's target has to be: of a mismatch, what mismatches there.
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
    return "there is no node \"" + node + "\"; there are: " + join({inventory.nodes.begin(), inventory.nodes.end()});
  }
  const std::string form = "fault " + std::string(kind.name) + " takes " + std::string(to_string(wanted));
  if (is_whole_node(wanted)) return form + ", not \"" + target + "\"";
  std::set<std::string> there;
  for (const auto& [owner, thing] : things(wanted, inventory)) {
    if (owner == node) there.insert(thing);
  }
  const std::string name = target.size() == node.size() ? "" : target.substr(node.size() + 1);
  return node + " has no " + std::string(noun(wanted)) + " \"" + name + "\"; it has: " + join(there) + " (" + form +
         ")";
}

void check_parameters(const Kind& kind, const Request& request, const Where& where, std::vector<Finding>& findings) {
  for (const auto& parameter : kind.parameters) {
    const std::string name(parameter.name);
    const auto given = request.parameters.find(name);
    const std::string form = name + " is " + std::string(to_string(parameter.value));
    if (given == request.parameters.end()) {
      if (parameter.default_value.empty()) {
        findings.push_back(finding(where, request, name, "", "it must be given", form));
      }
    } else if (!is_valid(parameter.value, given->second)) {
      findings.push_back(finding(where, request, name, given->second, form, "correct it"));
    }
  }
  for (const auto& [name, value] : request.parameters) {
    const auto known = std::any_of(kind.parameters.begin(), kind.parameters.end(),
                                   [&, it = &name](const Parameter& parameter) { return parameter.name == *it; });
    if (!known) {
      findings.push_back(
          finding(where, request, name, value, "this fault has no such parameter", "it has: " + all_parameters(kind)));
    }
  }
}

}  // namespace

Request parse(const std::vector<std::string>& words) {
  Request request;
  std::vector<Finding> findings;
  const Where where{"fault", 0, 0};
  if (words.size() < 2) {
    request.kind = words.empty() ? "" : words[0];
    refuse({finding(where, request, "", "", "a fault needs a kind and a target",
                    "write KIND TARGET [VALUE] [NAME=VALUE]... [--for DURATION]")});
  }
  request.kind = words[0];
  request.target = words[1];
  for (std::size_t n = 2; n < words.size(); ++n) {
    if (words[n] != "--for") {
      take_word(request, words[n], findings);
    } else if (++n < words.size()) {
      set_for(request, words[n], where, findings);
    } else {
      findings.push_back(finding(where, request, "for", "", "--for needs a duration", "write --for 20s"));
    }
  }
  refuse(std::move(findings));
  return request;
}

Request parse(const std::map<std::string, std::string>& map, const Where& where) {
  Request request;
  std::vector<Finding> findings;
  if (const auto kind = map.find("fault"); kind != map.end()) request.kind = kind->second;
  for (const auto& [name, value] : map) {
    if (name == "target") {
      request.target = value;
    } else if (name == "for") {
      set_for(request, value, where, findings);
    } else if (name != "fault") {
      request.parameters[name] = value;
    }
  }
  if (request.kind.empty())
    findings.push_back(finding(where, request, "fault", "", "it must be given", "it is one of: " + all_kinds()));
  if (request.target.empty())
    findings.push_back(finding(where, request, "target", "", "it must be given", "name what to break"));
  refuse(std::move(findings));
  return request;
}

std::vector<std::string> targets(const Kind& kind, const Inventory& inventory) {
  return targets(kind.target, inventory);
}

std::optional<std::string> target_fault(const Kind& kind, const std::string& target, const Inventory& inventory) {
  return target_fault(kind, kind.target, target, inventory);
}

void validate(const Request& request, const Inventory& inventory, const Where& where) {
  const Kind& kind = kind_of(request);
  std::vector<Finding> findings;
  check_parameters(kind, request, where, findings);
  const auto wanted = target_of(kind, request);  // of a mismatch that is refused below, anything that can be one
  if (const auto wrong = target_fault(kind, wanted, request.target, inventory)) throw NotFoundError(*wrong);
  refuse(std::move(findings));
}

std::string to_string(const Request& request) {
  std::string text = request.kind + " " + request.target;
  for (const auto& [name, value] : request.parameters) text += " " + name + "=" + value;
  if (request.for_) text += " for " + xconn::to_string(*request.for_);
  return text;
}

}  // namespace xconn::faults
