// SPDX-License-Identifier: Apache-2.0
// client --- fabric --- load balancer (front, one link per backend) and fabric --- backends a and b, as in a lab: what
// the balancer sends out of a backend's link leaves the fabric by that backend's NIC. Both backends own the server's
// address. Everything is in private namespaces; the daemons are the real programs.
#pragma once

#include <unistd.h>

#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sys/file.hh"
#include "sys/line.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"
#include "sys/process.hh"

namespace xconn::lb {

constexpr const char* kServer = "10.8.0.9";
constexpr const char* kFrontend = "10.1.0.4";
constexpr const char* kPublic = "203.0.113.100";
constexpr const char* kClient = "203.0.113.2";

class LbNetwork {
 public:
  LbNetwork() : folder_("/tmp/xconn-lb-test-" + std::to_string(::getpid())) {
    sys::make_directories(folder_, 0700);
    for (const char* name : {"client", "fabric", "lb", "a", "b"}) {
      nodes_.emplace(name, sys::Netns::create());
      sh(name, "sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0");
      sh(name, "ip link set lo up");
    }
    nodes_.at("fabric").pin(pin_file());
    join("fabric", "c", "10.9.0.1/24", "client", "eth0", "10.9.0.2/24");
    join("fabric", "f", "10.1.0.1/24", "lb", "front", std::string(kFrontend) + "/24");
    join("fabric", "la", "", "lb", "be.a", "");
    join("fabric", "lb", "", "lb", "be.b", "");
    join("fabric", "na", "10.2.0.1/24", "a", "eth0", "10.2.0.5/24");
    join("fabric", "nb", "10.3.0.1/24", "b", "eth0", "10.3.0.6/24");
    sh("fabric", std::string("ip route add 10.8.0.0/24 via ") + kFrontend);
    sh("fabric", "ip route add default via 10.2.0.5 dev na table 101; ip rule add iif la lookup 101");
    sh("fabric", "ip route add default via 10.3.0.6 dev nb table 102; ip rule add iif lb lookup 102");
    sh("client", "ip route add default via 10.9.0.1");
    for (const char* name : {"a", "b"}) {
      sh(name, std::string("ip addr add ") + kServer + "/32 dev lo");
      sh(name, std::string("ip route add default via ") + (name[0] == 'a' ? "10.2.0.1" : "10.3.0.1"));
      echo(name, "service", R"({"tcp":[7],"udp":[7,4500],"http":[80]})");
      answer_probes(name, true);
    }
  }
  ~LbNetwork() {
    processes_.clear();
    sys::Netns::unpin(pin_file());
    sys::remove_tree(folder_);
  }
  LbNetwork(const LbNetwork&) = delete;

  /// Puts the client on the Internet side of a public load balancer.
  void open_internet() {
    join("lb", "inet", "203.0.113.1/24", "client", "inet", std::string(kClient) + "/24");
    sh("lb", std::string("ip addr add ") + kPublic + "/32 dev front");
    sh("client", std::string("ip route add ") + kPublic + " via 203.0.113.1");
    sh("fabric", std::string("ip route add default via ") + kFrontend);
  }

  const sys::Netns& netns(const std::string& node) const { return nodes_.at(node); }

  void sh(const std::string& node, const std::string& command) const {
    sys::run_checked({"sh", "-ec", command}, {.netns = netns(node).fd()});
  }

  void answer_probes(const std::string& node, bool yes) {
    if (yes) {
      echo(node, "probe", R"({"tcp":[8008]})");
    } else {
      processes_.erase(node + "-probe");
    }
  }

  void balance(nlohmann::json config) {
    config.update({{"name", "lb"},
                   {"front_interface", "front"},
                   {"probe_netns", pin_file()},
                   {"probe_source", "168.63.129.16"},
                   {"idle_timeout", config.value("idle_timeout", "4m")},
                   {"backends",
                    {{{"name", "a:eth0"}, {"address", "10.2.0.5"}, {"interface", "be.a"}, {"fabric_interface", "na"}},
                     {{"name", "b:eth0"}, {"address", "10.3.0.6"}, {"interface", "be.b"}, {"fabric_interface", "nb"}}}},
                   {"probe", {{"protocol", "tcp"}, {"port", 8008}, {"interval", "100ms"}, {"threshold", 2}}}});
    if (http_probe_) config["probe"].update({{"protocol", "http"}, {"port", 80}, {"path", "/health"}});
    config_ = config;
    start("lb", "lb", XCONN_LB, config.dump());
    wait_for("both backends healthy", [this] { return state()["healthy"] == 2; });
  }
  /// What the balancer answers to another configuration: what it was started with, and this merged into it.
  nlohmann::json configure(const nlohmann::json& patch) const {
    auto config = config_;
    config.merge_patch(patch);
    return request("lb-lb", {{"configure", config}});
  }
  /// From the next start on.
  void probe_by_http() { http_probe_ = true; }
  void crash_balancer() {
    auto& process = processes_.at("lb-lb");
    process.signal(SIGKILL);
    wait_for("its end", [&] { return !process.running(); });
  }
  void balance_internal() {
    balance({{"frontend", kFrontend}, {"public", false}, {"rules", {{{"ha_ports", true}, {"floating_ip", true}}}}});
  }
  void balance_public(const nlohmann::json& rules) {
    open_internet();
    balance({{"frontend", kPublic}, {"public", true}, {"internet_interface", "inet"}, {"rules", rules}});
  }

  nlohmann::json state() const { return ask("lb-lb"); }
  nlohmann::json backend(const std::string& node) const {
    const auto now = state();
    for (const auto& backend : now["backends"]) {
      if (backend["name"] == node + ":eth0") return backend;
    }
    return nullptr;
  }
  bool healthy(const std::string& node) const { return backend(node)["healthy"]; }
  void wait_healthy(const std::string& node, bool healthy_now) {
    wait_for(node + (healthy_now ? " healthy" : " unhealthy"), [&] { return healthy(node) == healthy_now; });
  }
  /// Datagrams that a backend's echo has seen: what the load balancer says is not asked.
  std::uint64_t udp_seen(const std::string& node) const {
    std::uint64_t sum = 0;
    const auto now = ask(node + "-service");
    for (const auto& port : now["udp"]) sum += port["packets"].get<std::uint64_t>();
    return sum;
  }
  std::uint64_t tcp_seen(const std::string& node) const { return ask(node + "-service")["tcp"][0]["accepted"]; }

  void wait_for(const std::string& what, const std::function<bool()>& fact) {
    loop_.wait(what, std::chrono::seconds(10), [&]() -> std::optional<std::string> {
      if (fact()) return std::nullopt;
      return "not yet";
    });
  }
  std::string socket(const std::string& process) const { return folder_ + "/" + process + ".sock"; }
  sys::Loop& loop() { return loop_; }

 private:
  std::string pin_file() const { return folder_ + "/fabric"; }

  void join(const std::string& node, const std::string& end, const std::string& address, const std::string& far,
            const std::string& far_end, const std::string& far_address) {
    const std::string target = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(netns(far).fd());
    sh(node, "ip link add name " + end + " type veth peer name " + far_end + " netns " + target);
    sh(node, "ip link set " + end + " up");
    sh(far, "ip link set " + far_end + " up");
    if (!address.empty()) sh(node, "ip addr add " + address + " dev " + end);
    if (!far_address.empty()) sh(far, "ip addr add " + far_address + " dev " + far_end);
  }
  void echo(const std::string& node, const std::string& name, const std::string& config) {
    start(node, name, XCONN_ECHO, config);
    ask(node + "-" + name);
  }
  void start(const std::string& node, const std::string& name, const std::string& program, const std::string& config) {
    const std::string process = node + "-" + name, file = folder_ + "/" + process + ".json";
    sys::write_file(file, config);
    processes_.erase(process);
    processes_.emplace(process, sys::Process(loop_, {.argv = {program, "--config", file, "--socket", socket(process)},
                                                     .environment = {},
                                                     .netns = netns(node).fd(),
                                                     .binds = {},
                                                     .output = folder_ + "/" + process + ".log",
                                                     .user = "",
                                                     .directory = ""}));
  }
  nlohmann::json ask(const std::string& process) const { return request(process, {{"get", "state"}}); }
  nlohmann::json request(const std::string& process, const nlohmann::json& what) const {
    try {
      return nlohmann::json::parse(sys::LineClient(socket(process)).request(what.dump()));
    } catch (const std::exception& error) {
      const auto log = sys::read_file_if_present(folder_ + "/" + process + ".log");
      throw std::runtime_error(process + ": " + error.what() + "\n" + log.value_or(""));
    }
  }

  std::string folder_;
  sys::Loop loop_;
  std::map<std::string, sys::Netns> nodes_;
  std::map<std::string, sys::Process> processes_;
  nlohmann::json config_;
  bool http_probe_ = false;
};

}  // namespace xconn::lb
