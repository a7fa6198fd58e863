// SPDX-License-Identifier: Apache-2.0
// The effects that faults share. For this folder only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "faults/fault.hh"
#include "faults/site.hh"
#include "kernel/dump.hh"
#include "kernel/netlink.hh"

namespace xconn::faults {

using Key = std::pair<std::string, std::string>;  // node and interface, or node and daemon

/// What the kernel forgets when an interface goes down, and does not bring back.
struct Forgotten {
  std::vector<kernel::RouteEntry> routes;
  std::vector<kernel::Neighbour> neighbours;
};

Forgotten remember(const sys::Netns& netns, const std::vector<std::string>& interfaces);
void bring_back(kernel::Netlink& netlink, Forgotten forgotten);

struct Holds::State {
  explicit State(Site& it) : site(it) {}

  struct Down {
    int holders = 0;
    Forgotten forgotten;
  };
  struct Silence {
    int killed = 0, frozen = 0;
  };

  Site& site;
  std::map<Key, Down> down;
  std::map<Key, std::vector<const Impairment*>> impaired;
  std::map<Key, Silence> silenced;
  std::uint64_t next_seed = 1;  // two losses on one link must not lose the same frames
};

/// An interface held down, with what was stacked on it. Comes up when its last holder goes, its static routes with it.
class EndDown : public Effect {
 public:
  EndDown(Holds& holds, const End& end, const std::vector<std::string>& stacked);
  ~EndDown() override;
  void heal(const sys::Pending& pending) override;

 private:
  Holds::State& state_;
  End end_;
  bool held_ = true;
};

/// A share in the impairment of what leaves one end. The shares of all faults and the plan's own add up.
class Impaired : public Effect {
 public:
  Impaired(Holds& holds, const End& from, const Impairment& plan, const Impairment& share);
  ~Impaired() override;
  void heal(const sys::Pending& pending) override;

 private:
  void apply() const;
  Holds::State& state_;
  End from_;
  Impairment plan_, share_;
  bool held_ = true;
};

/// A daemon killed or frozen.
class Silenced : public Effect {
 public:
  enum class How { kKilled, kFrozen };
  Silenced(Holds& holds, const Daemon& daemon, How how);
  ~Silenced() override;
  void heal(const sys::Pending& pending) override;

 private:
  Holds::State& state_;
  Daemon daemon_;
  How how_;
  bool held_ = true;
};

/// What the site does until it is undone: when the fault is healed, or with this object, and once.
class Undoable : public Effect {
 public:
  using Undo = std::function<void(const sys::Pending& pending)>;
  explicit Undoable(Undo undo) : undo_(std::move(undo)) {}
  ~Undoable() override;
  void heal(const sys::Pending& pending) override;

 private:
  Undo undo_;
};

/// A node's bgpd that runs something else than the plan says.
std::unique_ptr<Effect> edited(Site& site, const std::string& node, network::SpeakerEdit edit,
                               const sys::Pending& pending);

/// Counts up, for the seeds of losses.
std::uint64_t& next_seed(Holds& holds);

/// Both impairments one after the other on the same wire.
Impairment combine(const Impairment& one, const Impairment& other);

}  // namespace xconn::faults
