// SPDX-License-Identifier: Apache-2.0
// A vlan device loses carrier with its trunk; a sub-interface of the portable driver must do so too. One thread for the
// process listens to link events of the namespaces that have such sub-interfaces and sets their hidden ports up or
// down.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "datapath/tc.hh"
#include "sys/netns.hh"

namespace xconn::datapath {

class CarrierFollower {
 public:
  /// The process's one; its thread ends with its last user.
  static std::shared_ptr<CarrierFollower> shared();
  CarrierFollower();
  ~CarrierFollower();

  struct Pair {
    int trunk = 0, port = 0;
    bool up = false;
  };

  /// From construction to destruction, `port` is up exactly while `trunk` has carrier.
  class Follow {
   public:
    Follow(const sys::Netns& netns, int trunk, int port);
    ~Follow();
    Follow(const Follow&) = delete;
    Follow& operator=(const Follow&) = delete;

   private:
    std::shared_ptr<CarrierFollower> follower_;
    std::uint64_t netns_;
    std::list<Pair>::iterator pair_;
  };

 private:
  struct Namespace {
    std::shared_ptr<Tc> tc;
    sys::Fd events;
    std::list<Pair> pairs;
  };
  Namespace& enter(const sys::Netns& netns);
  void leave(std::uint64_t netns);  ///< once nothing is followed there
  void run();
  void listen(Namespace& where);
  void reread(Namespace& where);
  static void apply(Namespace& where, int trunk, bool carrier);

  std::mutex mutex_;
  std::map<std::uint64_t, Namespace> namespaces_;
  sys::Fd epoll_, stop_;
  std::thread thread_;
};

}  // namespace xconn::datapath
