// SPDX-License-Identifier: Apache-2.0
// The difference between two plans as something that can be carried out: what to add, to remove and to change, object
// by object. Pure; lab/ carries it out in the order that keeps traffic going.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "plan/plan.hh"

namespace xconn::plan {

/// What turns one list into another. Things are matched by what identifies them (a name, a route's destination and
/// table).
template <class T>
struct ListEdits {
  std::vector<T> added, removed;
  std::vector<std::pair<T, T>> changed;  ///< before and after
  bool empty() const { return added.empty() && removed.empty() && changed.empty(); }
};

/// Of a node that is in both plans.
struct NodeEdits {
  std::string node;
  ListEdits<Interface> interfaces;
  ListEdits<Route> routes;
  ListEdits<Rule> rules;
  std::map<std::string, std::string> sysctls;  ///< to be set; one that went keeps its value
  bool nftables = false, mirrors = false;
  bool labels = false;                  ///< role or site, which nothing running depends on
  std::vector<std::string> bgp;         ///< what differs of the speaker, in words
  std::vector<Address> neighbors_gone;  ///< that it had
  bool frr_lines = false;               ///< what the user adds to it
  ListEdits<File> files;
  ListEdits<Service> services;
  bool empty() const;
};

/// Changed links keep their ends: only what they do to frames differs. One with another end is removed and added.
struct Edits {
  ListEdits<Node> nodes;  ///< only added and removed
  std::vector<NodeEdits> changed;
  ListEdits<Link> links;
  ListEdits<Fact> facts;
};

Edits edits(const Plan& before, const Plan& after);
NodeEdits edits(const Node& before, const Node& after);

/// A sub-interface or bridge that cannot be changed in place: it has another kind, parent, tags or MAC.
bool must_be_made_anew(const Interface& before, const Interface& after);

}  // namespace xconn::plan
