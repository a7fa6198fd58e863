// SPDX-License-Identifier: Apache-2.0
// Nodes with real daemons, in namespaces of their own and with a /run of their own: nothing of the host is touched.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "kernel/netlink.hh"
#include "services/facts.hh"
#include "services/node_services.hh"
#include "services/strongswan.hh"
#include "services/vici.hh"
#include "sys/clock.hh"
#include "sys/file.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"

namespace xconn::services {

/// A mount namespace with an empty /run, for the whole test program. Call it first; it acts once.
void use_private_run();

struct TestNode {
  plan::Node plan;
  sys::Netns netns;
  std::string folder;
  std::unique_ptr<NodeServices> services;
};

class Ground : public testing::Test {
 protected:
  Ground();
  ~Ground() override;

  /// A node with these files and services; lo is up; nothing is started.
  TestNode& node(const std::string& name, std::vector<plan::File> files, std::vector<plan::Service> services);
  TestNode& node(plan::Node plan);
  /// Until the test's end this Python is the Crossconnect daemon of that name.
  void play(const std::string& name, const std::string& body);
  /// A link "eth0" to "eth0" with these addresses.
  void link(TestNode& a, const std::string& address_a, TestNode& b, const std::string& address_b);
  void start(Duration bound = std::chrono::seconds(20));
  void wait_ready(Duration bound = std::chrono::seconds(20));
  void wait_fact(const plan::Fact& fact, Duration bound = std::chrono::seconds(30));
  /// Waits for an event whose text contains `part`, that came after `since`.
  Event wait_event(const std::string& node, const std::string& source, const std::string& part,
                   std::chrono::nanoseconds since = {}, Duration bound = std::chrono::seconds(30));
  std::string seen_events() const;

  // What a daemon answers, waited for.
  nlohmann::json state(Service& service, Duration bound = std::chrono::milliseconds(500));
  nlohmann::json states(TestNode& node, Duration bound = std::chrono::milliseconds(500));
  std::string ask(const std::string& vty_socket, const std::string& command);
  /// Throws Error with charon's words when it refuses.
  ViciReply call(Charon& charon, const std::string& command, const nlohmann::json& message = {},
                 const std::string& stream = {});

  sys::Loop loop_;
  std::vector<Event> events_;
  std::deque<TestNode> nodes_;
};

}  // namespace xconn::services
