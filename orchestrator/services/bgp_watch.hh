// SPDX-License-Identifier: Apache-2.0
// What one bgpd says of itself, in its log, its summaries and its tables, put together: is it done? Pure.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/bgp_table.hh"

namespace xconn::services {

class BgpWatch {
 public:
  /// A session came up or went down: the peer's End-of-RIB (RFC 4724, 2) is awaited anew.
  void session_changed(const std::string& neighbor) { told_all_.erase(neighbor); }
  void end_of_rib(const std::string& neighbor) { told_all_.insert(neighbor); }

  /// Of `show bgp summary json`: {"as", "router_id", "neighbors": {ADDRESS: FRR's summary of it and "endOfRib"}}.
  nlohmann::json state_of(const nlohmann::json& summary) const;
  /// True when tables or sessions are not what they were at the summary before.
  bool take_summary(const nlohmann::json& summary);

  /// How often summaries have changed.
  std::uint64_t changes() const { return changes_; }
  /// Families ("ipv4", "ipv6") whose table may be another than what was last read: the summary has changed since, or
  /// the kernel has other routes. A table's version alone does not tell: one more equal path leaves it as it is.
  std::vector<std::string> unread() const;
  /// Of `show bgp FAMILY unicast json`, asked for when summaries had changed so often.
  void take_table(const std::string& family, const nlohmann::json& table, std::uint64_t asked_at);

  /// Messages that wait, a table that is not read yet, routes that are not in the kernel; nullopt when there are none.
  std::optional<std::string> pending(const RoutesSeen& main_table) const;

 private:
  struct Table {
    std::uint64_t asked_at = 0;
    Selected selected;
  };
  std::vector<std::string> outdated() const;
  std::optional<std::string> missing_in_kernel(const RoutesSeen& main_table) const;

  std::set<std::string> told_all_;
  std::string summary_;
  std::uint64_t changes_ = 0;
  std::string queued_;  // the first neighbour with messages that wait
  std::set<std::string> families_;
  std::map<std::string, Table> tables_;
  struct Compared {
    std::uint64_t routes = 0;
    std::optional<std::string> missing;
  };
  mutable std::optional<Compared> compared_;
};

}  // namespace xconn::services
