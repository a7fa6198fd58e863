// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/sdwan_two_sites.hh"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <thread>
#include <utility>

#include "sys/clock.hh"
#include "sys/file.hh"

namespace xconn::sdwan::test {
namespace {

using namespace std::chrono_literals;

sockaddr_in endpoint(const std::string& address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = address.empty() ? INADDR_ANY : htonl(Address::parse(address)->v4_value());
  return result;
}

void bind_to(int socket, const std::string& address, std::uint16_t port) {
  const auto local = endpoint(address, port);
  sys::check(::bind(socket, reinterpret_cast<const sockaddr*>(&local), sizeof local), "bind", address);
}

sys::Fd open_socket(Site& site, int type) {
  return site.netns.run([&] { return sys::Fd(sys::check(::socket(AF_INET, type | SOCK_CLOEXEC, 0), "open socket")); });
}

bool wait_for(int socket, short events, Duration bound) {
  pollfd poll{socket, events, 0};
  return ::poll(&poll, 1, static_cast<int>(bound / 1ms)) > 0;
}

Route make_route(const std::string& to, const std::string& interface, const std::string& via) {
  Route route;
  route.to = *Prefix::parse(to);
  route.next_hops = {{via.empty() ? std::nullopt : Address::parse(via), interface, false}};
  return route;
}

json check(const std::string& member, const std::string& server) {
  return {{"name", "ping-" + member}, {"members", {member}}, {"server", server}, {"protocol", "ping"},
          {"interval", "40ms"},       {"timeout", "120ms"},  {"failtime", 5},    {"recoverytime", 5},
          {"probe_count", 30}};
}

json configuration(const std::string& name, const std::string& steered, const std::string& peer1,
                   const std::string& peer2, const json& patch) {
  json config{{"node", name}, {"routes", {steered}}};
  config["members"] = {{{"name", "m1"}, {"interface", "m1"}, {"gateway", peer1}, {"cost", 5}},
                       {{"name", "m2"}, {"interface", "m2"}, {"gateway", peer2}, {"cost", 10}}};
  config["health_checks"] = {check("m1", peer1), check("m2", peer2)};
  config["rules"] = json::array({{{"name", "main"}, {"strategy", "lowest-cost"}, {"members", {"m1", "m2"}}}});
  config.merge_patch(patch);
  return config;
}

}  // namespace

Site::Site(std::string its_name)
    : name(std::move(its_name)),
      netns(sys::Netns::create()),
      netlink(netns, name),
      nftables(netns.run([] { return Nftables(); })) {
  kernel::set_sysctls(
      netns, name,
      {{"net/ipv4/ip_forward", "1"}, {"net/ipv4/conf/all/rp_filter", "0"}, {"net/ipv4/conf/default/rp_filter", "0"}});
  netlink.commit(kernel::link_set("lo", {.up = true}));
}

void Site::block(const std::string& interface, const std::string& match) {
  nft("table netdev fault_" + interface + " { chain arriving { type filter hook ingress device \"" + interface +
      "\" priority 0; " + match + " drop; }\n}");
}

void Site::unblock(const std::string& interface) { nft("delete table netdev fault_" + interface); }

void Site::watch(const std::string& interface, const std::string& match) {
  const auto table = "witness_" + interface;
  nft("add table ip " + table + "\ndelete table ip " + table + "\ntable ip " + table +
      " { counter seen { }\n chain arriving { type filter hook prerouting priority -400; iifname \"" + interface +
      "\" " + match + " counter name \"seen\"; }\n}");
}

std::uint64_t Site::seen(const std::string& interface) {
  return nftables.counters("witness_" + interface).at("seen").packets;
}

void Site::route(const std::string& to, const std::string& interface, const std::string& via, std::uint8_t protocol) {
  netlink.commit(kernel::route_add(make_route(to, interface, via), protocol));
}

void Site::unroute(const std::string& to, std::uint8_t protocol) {
  Route route;
  route.to = *Prefix::parse(to);
  netlink.commit(kernel::route_delete(route, protocol));
}

RunningEdge::RunningEdge(sys::Loop& loop, Site& site, const json& config, const std::string& folder)
    : socket_(folder + "/" + site.name + ".sock"), process_([&] {
        const auto file = folder + "/" + site.name + ".json";
        sys::write_file(file, config.dump(1));
        sys::ProcessSpec spec;
        spec.argv = {XCONN_SDWAN, "--config", file, "--socket", socket_, "--name", site.name};
        spec.netns = site.netns.fd();
        spec.output = folder + "/" + site.name + ".log";
        return sys::Process(loop, spec);
      }()) {
  client_ = std::make_unique<sys::LineClient>(socket_);
}

json RunningEdge::state() { return json::parse(client_->request(R"({"get":"state"})")); }

bool RunningEdge::alive(const std::string& member) {
  const auto seen = state();
  for (const auto& each : seen["members"]) {
    if (each["name"] == member) return each["alive"];
  }
  throw std::logic_error("no member " + member);
}

std::string RunningEdge::chosen(const std::string& rule) {
  const auto seen = state();
  for (const auto& each : seen["rules"]) {
    if (each["name"] != rule) continue;
    std::string names;
    for (const auto& member : each["members"]) names += (names.empty() ? "" : "+") + member.get<std::string>();
    return names;
  }
  throw std::logic_error("no rule " + rule);
}

Flow::Flow(Site& from, const std::string& source, Site& to, const std::string& destination, std::uint16_t port,
           int dscp)
    : client_(open_socket(from, SOCK_DGRAM | SOCK_NONBLOCK)),
      server_(open_socket(to, SOCK_DGRAM | SOCK_NONBLOCK)),
      destination_(*Address::parse(destination)),
      port_(port) {
  bind_to(client_.get(), source, 0);
  bind_to(server_.get(), destination, port);
  const int service = dscp << 2;
  sys::check(::setsockopt(client_.get(), IPPROTO_IP, IP_TOS, &service, sizeof service), "set DSCP");
}

void Flow::step() {
  ++sequence_;
  const auto to = endpoint(destination_.text(), port_);
  ::sendto(client_.get(), &sequence_, sizeof sequence_, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  std::array<char, 64> data;
  const auto end = sys::now() + 2ms;
  for (auto left = 2ms; sys::now() < end; left = 1ms) {
    pollfd both[] = {{server_.get(), POLLIN, 0}, {client_.get(), POLLIN, 0}};
    ::poll(both, 2, static_cast<int>(left.count()));
    sockaddr_in sender{};
    socklen_t size = sizeof sender;
    for (ssize_t got; (got = ::recvfrom(server_.get(), data.data(), data.size(), 0,
                                        reinterpret_cast<sockaddr*>(&sender), &size)) > 0;) {
      ::sendto(server_.get(), data.data(), static_cast<std::size_t>(got), 0, reinterpret_cast<sockaddr*>(&sender),
               size);
    }
    while (::recv(client_.get(), data.data(), data.size(), 0) > 0) {
      ++received_;
      last_ = sys::now();
    }
    longest_ = std::max(longest_, sys::now() - last_);
  }
}

Duration Flow::run(Duration time) {
  const auto end = sys::now() + time;
  run_until([&] { return sys::now() >= end; }, time + 1s);
  return longest_;
}

bool Flow::run_until(const std::function<bool()>& done, Duration bound) {
  last_ = sys::now();
  longest_ = Duration::zero();
  const auto end = last_ + bound;
  while (!done()) {
    if (sys::now() > end) return false;
    step();
  }
  return true;
}

struct SlowEcho::State {
  sys::Fd listener;
  std::atomic<std::int64_t> delay{0};
  std::atomic<bool> ends{false};
  std::thread thread;

  void serve(int fd) {
    const sys::Fd socket(fd);
    std::array<char, 256> data;
    if (!wait_for(fd, POLLIN, 200ms)) return;
    const auto got = ::recv(fd, data.data(), data.size(), 0);
    const timespec pause{0, delay.load()};
    ::nanosleep(&pause, nullptr);  // the delay is what this service is for
    if (got > 0) ::send(fd, data.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL);
  }
  void run() {
    while (!ends) {
      if (!wait_for(listener.get(), POLLIN, 20ms)) continue;
      const int fd = ::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (fd >= 0) serve(fd);
    }
  }
};

SlowEcho::SlowEcho(Site& site, const std::string& address, std::uint16_t port) : state_(std::make_unique<State>()) {
  state_->listener = listen_tcp(site, address, port);
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

SlowEcho::~SlowEcho() {
  state_->ends = true;
  state_->thread.join();
}

void SlowEcho::set_delay(Duration delay) { state_->delay = delay.count(); }

TwoSites::TwoSites() {
  std::string pattern = "/tmp/xconn-sdwan-XXXXXX";
  if (!::mkdtemp(pattern.data())) sys::check(-1, "make folder", pattern);
  folder = pattern;
  link(client, "eth0", "10.1.0.10/24", a, "lan", "10.1.0.1/24");
  link(a, "m1", "192.0.2.1/30", b, "m1", "192.0.2.2/30");
  link(a, "m2", "198.51.100.1/30", b, "m2", "198.51.100.2/30");
  link(a, "out", "203.0.113.1/30", sink, "eth0", "203.0.113.2/30");
  link(server, "eth0", "10.2.0.10/24", b, "lan", "10.2.0.1/24");
  client.route("0.0.0.0/0", "eth0", "10.1.0.1");
  server.route("0.0.0.0/0", "eth0", "10.2.0.1");
  a.route("0.0.0.0/0", "out", "203.0.113.2");
  b.route("0.0.0.0/0", "m2", "198.51.100.1");
}

TwoSites::~TwoSites() {
  edge_a.reset();
  edge_b.reset();
  std::filesystem::remove_all(folder);
}

void TwoSites::link(Site& left, const std::string& left_name, const std::string& left_address, Site& right,
                    const std::string& right_name, const std::string& right_address) {
  left.netlink.commit(
      kernel::veth({.netns = left.netns.fd(), .name = left_name}, {.netns = right.netns.fd(), .name = right_name}));
  for (const auto& [site, name, address] :
       {std::tuple(&left, left_name, left_address), {&right, right_name, right_address}}) {
    site->netlink.commit({kernel::link_set(name, {.no_ipv6_address = true, .up = true}),
                          kernel::address_add(name, *InterfaceAddress::parse(address))});
  }
}

RunningEdge& TwoSites::start_a(const json& patch) {
  const auto config = configuration("a", "10.2.0.0/16", "192.0.2.2", "198.51.100.2", patch);
  edge_a = std::make_unique<RunningEdge>(loop, a, config, folder);
  return *edge_a;
}

RunningEdge& TwoSites::start_b(const json& patch) {
  const auto config = configuration("b", "10.1.0.0/16", "192.0.2.1", "198.51.100.1", patch);
  edge_b = std::make_unique<RunningEdge>(loop, b, config, folder);
  return *edge_b;
}

void TwoSites::cut(const std::string& path) {
  a.block(path);
  b.block(path);
}

void TwoSites::heal(const std::string& path) {
  a.unblock(path);
  b.unblock(path);
}

std::uint64_t TwoSites::leaked() { return kernel::Reader(sink.netns).link("eth0")->statistics.rx_packets; }

bool TwoSites::wait(const std::function<bool()>& what) {
  try {
    loop.wait("the edges to agree", 5s, [&] { return what() ? std::nullopt : std::optional<std::string>("not yet"); });
    return true;
  } catch (const TimeoutError&) {
    return false;
  }
}

std::string exchange(int socket, const std::string& line) {
  ::send(socket, line.data(), line.size(), MSG_NOSIGNAL);
  std::array<char, 1024> data;
  if (!wait_for(socket, POLLIN, 1s)) return {};
  const auto got = ::recv(socket, data.data(), data.size(), 0);
  return got > 0 ? std::string(data.data(), static_cast<std::size_t>(got)) : std::string();
}

sys::Fd connect_tcp(Site& from, const std::string& source, const std::string& to, std::uint16_t port, Duration bound) {
  auto socket = open_socket(from, SOCK_STREAM | SOCK_NONBLOCK);
  if (!source.empty()) bind_to(socket.get(), source, 0);
  const auto target = endpoint(to, port);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&target), sizeof target) < 0 && errno != EINPROGRESS)
    return {};
  int error = 0;
  socklen_t size = sizeof error;
  if (!wait_for(socket.get(), POLLOUT, bound)) return {};
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? std::move(socket) : sys::Fd();
}

sys::Fd listen_tcp(Site& site, const std::string& address, std::uint16_t port) {
  auto socket = open_socket(site, SOCK_STREAM);
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  bind_to(socket.get(), address, port);
  sys::check(::listen(socket.get(), 16), "listen", address);
  return socket;
}

}  // namespace xconn::sdwan::test
