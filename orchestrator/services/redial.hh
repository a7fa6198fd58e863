// SPDX-License-Identifier: Apache-2.0
// An initiator that never gives up. charon repeats what is not answered, but it drops an initiation that the peer
// refuses (NO_PROPOSAL_CHOSEN of one that is still loading, AUTHENTICATION_FAILED) and a tunnel that the peer deletes.
// Whoever wants its child back after a dead peer (`dpd_action = start`) wants it then too.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/duration.hh"
#include "sys/loop.hh"

namespace xconn::services {

class ViciClient;

struct Child {
  std::string connection, name;
  friend bool operator==(const Child&, const Child&) = default;
};

/// Those that are to be up always, of vici's list-conn events.
std::vector<Child> wanted_children(const std::vector<nlohmann::json>& connections);

/// charon has an exchange of it under way, or before it. `sa`: one of vici's list-sa sections.
bool is_at_work(const nlohmann::json& sa);

enum class Standing { kUp, kComing, kGone };

/// `sas`: CONNECTION -> list of vici's list-sa sections. Coming: charon is at work on an SA of its connection.
Standing standing_of(const Child& child, const nlohmann::json& sas);

/// Initiates what is gone, again and again with growing pauses (200 ms to 2 s), and is idle while all is there.
class Redial {
 public:
  /// Both outlive it. `vici` is registered for list-conn and list-sa.
  Redial(sys::Loop& loop, ViciClient& vici) : loop_(loop), vici_(vici) {}
  /// charon has loaded its configuration.
  void begin();
  /// Something went up or down.
  void changed();

 private:
  void look();
  void look_in(Duration pause);
  void act(const nlohmann::json& sas);
  void initiate(const Child& child);

  sys::Loop& loop_;
  ViciClient& vici_;
  std::vector<Child> wanted_;
  Duration pause_{0};
  bool asking_ = false;
  sys::Timer timer_;
};

}  // namespace xconn::services
