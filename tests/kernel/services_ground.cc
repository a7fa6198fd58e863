// SPDX-License-Identifier: Apache-2.0
#include "services_ground.hh"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdlib>

#include "base/errors.hh"
#include "services/vty.hh"
#include "sys/fd.hh"

namespace xconn::services {

void use_private_run() {
  static const bool done = [] {
    sys::check(::unshare(CLONE_NEWNS), "unshare mounts");
    sys::check(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make mounts private");
    sys::check(::mount("run", "/run", "tmpfs", 0, "mode=0755"), "mount", "/run");
    return true;
  }();
  (void)done;
}

Ground::Ground() { use_private_run(); }

Ground::~Ground() {
  for (auto& node : nodes_) node.services.reset();
  sys::remove_tree("/run/lab");
  ::unsetenv("XCONN_LIBEXEC");
}

TestNode& Ground::node(const std::string& name, std::vector<plan::File> files, std::vector<plan::Service> services) {
  return node({.name = name, .files = std::move(files), .services = std::move(services)});
}

TestNode& Ground::node(plan::Node plan) {
  const auto name = plan.name;
  auto& made = nodes_.emplace_back(TestNode{std::move(plan), sys::Netns::create(), "/run/lab/" + name, nullptr});
  sys::make_directories(made.folder);
  for (const auto& file : made.plan.files)
    sys::write_file(made.folder + "/" + file.name, file.content, file.secret ? 0600 : 0644);
  kernel::Netlink(made.netns, name).commit(kernel::link_set("lo", {.up = true}));
  made.services = std::make_unique<NodeServices>(made.plan, Context{loop_, made.plan.name, made.netns, made.folder,
                                                                    [this](const Event& e) { events_.push_back(e); }});
  return made;
}

void Ground::play(const std::string& name, const std::string& body) {
  sys::make_directories("/run/lab/libexec");
  sys::write_file("/run/lab/libexec/" + name, "#!/usr/bin/python3\n" + body, 0755);
  ::setenv("XCONN_LIBEXEC", "/run/lab/libexec", 1);
}

void Ground::link(TestNode& a, const std::string& address_a, TestNode& b, const std::string& address_b) {
  kernel::Netlink here(a.netns, a.plan.name), there(b.netns, b.plan.name);
  here.commit(kernel::veth({.name = "eth0"}, {.netns = b.netns.fd(), .name = "eth0"}));
  here.commit(kernel::link_set("eth0", {.up = true}));
  there.commit(kernel::link_set("eth0", {.up = true}));
  here.commit(kernel::address_add("eth0", *InterfaceAddress::parse(address_a)));
  there.commit(kernel::address_add("eth0", *InterfaceAddress::parse(address_b)));
}

void Ground::start(Duration bound) {
  for (auto& node : nodes_) node.services->start();
  wait_ready(bound);
}

void Ground::wait_ready(Duration bound) {
  loop_.wait("all services", bound, [this] {
    std::optional<std::string> first;
    for (auto& node : nodes_)
      if (auto missing = node.services->missing(); missing && !first) first = missing;
    return first;
  });
}

void Ground::wait_fact(const plan::Fact& fact, Duration bound) {
  const RoutesSeen no_routes;
  const LabState sight{[this](const std::string& name) -> NodeServices* {
                         for (auto& node : nodes_)
                           if (node.plan.name == name) return node.services.get();
                         return nullptr;
                       },
                       [&](const std::string&) -> const RoutesSeen& { return no_routes; }};
  loop_.wait(fact.kind + " " + fact.subject + " of " + fact.node, bound, [&] { return difference(fact, sight); });
}

Event Ground::wait_event(const std::string& node, const std::string& source, const std::string& part,
                         std::chrono::nanoseconds since, Duration bound) {
  const Event* found = nullptr;
  loop_.wait(source + " event '" + part + "' of " + node, bound, [&]() -> std::optional<std::string> {
    for (const auto& event : events_)
      if (event.node == node && event.source == source && event.at >= since &&
          event.text.find(part) != std::string::npos)
        found = &event;
    if (found != nullptr) return std::nullopt;
    return "events: " + seen_events();
  });
  return *found;
}

std::string Ground::seen_events() const {
  std::string text;
  for (const auto& event : events_)
    text += "\n  " + std::to_string(event.at.count()) + " " + event.node + " " + event.source + " " + event.text;
  return text;
}

namespace {

template <typename T>
T wait_outcome(sys::Loop& loop, const std::string& what,
               const std::shared_ptr<std::optional<sys::Outcome<T>>>& outcome) {
  loop.wait(what, std::chrono::seconds(20), [&]() -> std::optional<std::string> {
    if (*outcome) return std::nullopt;
    return "no answer";
  });
  return (*outcome)->get();
}

}  // namespace

nlohmann::json Ground::state(Service& service, Duration bound) {
  const auto outcome = std::make_shared<std::optional<sys::Outcome<nlohmann::json>>>();
  service.state(bound, [outcome](const auto& told) { *outcome = told; });
  return wait_outcome(loop_, "the state of " + service.name(), outcome);
}

nlohmann::json Ground::states(TestNode& node, Duration bound) {
  const auto outcome = std::make_shared<std::optional<sys::Outcome<nlohmann::json>>>();
  node.services->state(bound, [outcome](const auto& told) { *outcome = told; });
  return wait_outcome(loop_, "the states of " + node.plan.name, outcome);
}

std::string Ground::ask(const std::string& vty_socket, const std::string& command) {
  const auto outcome = std::make_shared<std::optional<sys::Outcome<std::string>>>();
  const auto request =
      vty_ask(loop_, vty_socket, command, std::chrono::seconds(1), [outcome](const auto& told) { *outcome = told; });
  if (!request) throw Error("nobody listens at " + vty_socket);
  return wait_outcome(loop_, command, outcome);
}

ViciReply Ground::call(Charon& charon, const std::string& command, const nlohmann::json& message,
                       const std::string& stream) {
  const auto outcome = std::make_shared<std::optional<sys::Outcome<ViciReply>>>();
  std::vector<std::string> events;
  if (!stream.empty()) events.push_back(stream);
  const auto client = ViciClient::connect(loop_, charon.vici_socket(), events, [](const auto&, const auto&) {});
  client->call(command, message, stream, [outcome](const auto& reply) { *outcome = reply; });
  auto reply = wait_outcome(loop_, command, outcome);
  if (reply.response.value("success", "yes") != "yes") throw Error(reply.response.value("errmsg", ""));
  return reply;
}

}  // namespace xconn::services
