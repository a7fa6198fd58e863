// SPDX-License-Identifier: Apache-2.0
// The SD-WAN edge's mind: takes what was seen (probe outcomes, links, routes, role), keeps the state of members and
// rules, and says which member carries what, and why. Pure: no I/O, time is an argument, so every case can be a test.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nodes/edge/daemon/config.hh"
#include "nodes/edge/daemon/health.hh"
#include "nodes/edge/daemon/selection.hh"

namespace xconn::sdwan {

/// kSingle: there is no pair, it always acts.
enum class Role { kSingle, kBackup, kMaster };

std::string to_string(Role role);

/// A route of the main table, one per next hop.
struct MainRoute {
  Prefix to;
  std::string interface;
  bool dynamic = false;  ///< a routing protocol put it there (BGP ...), not the user or the kernel
  friend bool operator==(const MainRoute&, const MainRoute&) = default;
};

/// Something that happened, for whoever subscribed.
struct Event {
  Instant at{0};
  std::string kind;     ///< "probe", "member", "sla", "decision", "role"
  std::string subject;  ///< the check, member or rule
  std::string text;     ///< a sentence
};

/// What the kernel must do now.
struct Steering {
  bool active = false;                  ///< false: this node carries no SD-WAN traffic
  std::vector<std::vector<int>> rules;  ///< the members of each rule; none: the next rule is asked
  std::vector<int> implicit;            ///< none: the packet is dropped
  std::vector<int> returning;           ///< members by which replies may go back
  /// The members on which sessions of each rule stay, whatever it chooses now; none without stickiness.
  std::vector<std::vector<int>> staying;
  friend bool operator==(const Steering&, const Steering&) = default;
};

struct MemberState {
  bool up = false;  ///< its interface is there, up, and has carrier
  bool alive = false;
  bool covered = true;  ///< routes that it needs are in the main table (require_route)
  Instant since{0};     ///< of alive
  std::string reason;
  std::string sla_miss;  ///< over all its checks; empty: in SLA
  std::vector<CheckState> checks;
};

struct RuleState {
  Choice choice;
  std::vector<int> in_sla;  ///< its usable members that are
  Instant since{0};
};

class Engine {
 public:
  Engine(Config config, Instant now);
  Engine(const Engine&) = delete;  // the states point into the configuration

  void set_role(Role role, Instant now);
  void set_link(const std::string& interface, bool up, Instant now);
  void set_routes(std::vector<MainRoute> routes, Instant now);
  /// Outcome of one probe of `check` (index in the configuration) over `member`; nullopt: no answer in time.
  void record(int check, int member, std::optional<Duration> round_trip, Instant now);
  /// Time has passed: a hold-down may have ended.
  void tick(Instant now) { decide(now); }

  /// When tick() will be needed; nullopt: not before something else happens.
  std::optional<Instant> next_deadline() const { return deadline_; }
  /// What will be decided although nothing else happens: a check without its first outcome, a hold-down; nullopt:
  /// nothing.
  std::optional<std::string> pending(Instant now) const;
  Steering steering() const;
  /// Destinations inside the SD-WAN routes that the main table knows better: they are not steered.
  std::vector<Prefix> bypass() const;
  std::vector<Event> take_events();

  const Config& config() const { return config_; }
  Role role() const { return role_; }
  bool active() const { return role_ != Role::kBackup; }
  const std::vector<MemberState>& members() const { return members_; }
  const std::vector<RuleState>& rules() const { return rules_; }  ///< in the configuration's order
  const RuleState& implicit() const { return implicit_; }

 private:
  /// How long a member has been good for a rule.
  struct Standing {
    bool good = false, ever = false, recovered = false;
    Instant since{0};
  };
  void decide(Instant now);
  void refresh_member(int member, Instant now);
  void refresh_sla(int member, Instant now);
  void decide_rule(std::size_t rule, Instant now);
  Candidate candidate(const network::SdwanRule& rule, int member) const;
  Duration held(std::size_t rule, int member, bool good, Instant now);
  void settle(RuleState& state, const std::string& name, Choice choice, Instant now);
  bool covers(const std::vector<Prefix>& destinations, const network::SdwanMember& member) const;
  std::string names(const std::vector<int>& members) const;
  const CheckState* find_check(int member, const std::string& name) const;
  void tell(Instant at, std::string kind, std::string subject, std::string text);

  Config config_;
  Role role_;
  std::vector<MemberState> members_;
  std::vector<RuleState> rules_;
  RuleState implicit_;
  std::vector<std::vector<Standing>> standings_;  // per rule, per member
  std::vector<MainRoute> routes_;
  std::optional<Instant> deadline_;
  std::vector<Event> events_;
};

}  // namespace xconn::sdwan
