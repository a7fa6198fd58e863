// SPDX-License-Identifier: Apache-2.0
// How much our kernel layer costs on top of the kernel: builds a chain (or star) of N namespaces through kernel/, and
// the same one with bare system calls, in turns, and compares the medians.
//
//   chain [N = 100] [RUNS = 7] [chain|star]        exit status 1 when kernel/ takes more than twice the bare time
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "bare_chain.hh"
#include "kernel/dump.hh"
#include "kernel/monitor.hh"
#include "kernel/netlink.hh"
#include "sys/clock.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"

namespace xconn::bench {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;
constexpr double kBudget = 2.0;

/// As lab/ would: all namespaces, all links from one socket, then each node's own batch.
struct OurWires {
  OurWires(int count, const std::vector<Wire>& wires)
      : namespaces(sys::Netns::create(static_cast<std::size_t>(count))) {
    for (const auto& netns : namespaces) sockets.emplace_back(netns);
    kernel::Batch links;
    std::vector<kernel::Batch> own(namespaces.size());
    for (std::size_t i = 0; i < wires.size(); ++i) {
      const auto node = static_cast<std::size_t>(wires[i].node), peer = static_cast<std::size_t>(wires[i].peer);
      links.push_back(kernel::veth({.netns = namespaces[node].fd(), .name = wires[i].name},
                                   {.netns = namespaces[peer].fd(), .name = wires[i].peer_name}));
      const auto network = 0x0a000000U + 2 * static_cast<std::uint32_t>(i);
      configure(own[node], wires[i].name, network);
      configure(own[peer], wires[i].peer_name, network + 1);
    }
    sockets.front().commit(links);
    for (std::size_t i = 0; i < namespaces.size(); ++i) sockets[i].commit(own[i]);
  }

  static void configure(kernel::Batch& batch, const std::string& interface, std::uint32_t address) {
    batch.push_back(kernel::link_set(interface, {.no_ipv6_address = true, .up = true}));
    batch.push_back(kernel::address_add(interface, InterfaceAddress(Address::v4(address), 31)));
  }

  int last_namespace() const { return namespaces.back().fd(); }
  std::vector<sys::Netns> namespaces;
  std::vector<kernel::Netlink> sockets;
};

struct Times {
  std::vector<double> up, gone;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// What was built must work: the last link has carrier, and its end its address.
void verify(int netns, const std::vector<Wire>& wires) {
  const auto& name = wires.back().peer_name;
  const kernel::Reader reader(sys::Netns::open("/proc/self/fd/" + std::to_string(netns)));
  const auto link = reader.link(name);
  std::optional<std::string> address;
  for (const auto& entry : reader.addresses())
    if (entry.interface == name) address = entry.address.text();
  const auto wanted = Address::v4(0x0a000001U + 2 * static_cast<std::uint32_t>(wires.size() - 1)).text() + "/31";
  if (link && link->carrier && address == wanted) return;
  std::fprintf(stderr, "the network is not as it should be\n");
  std::exit(1);
}

/// Builds and takes down one network. A veth from a namespace that stays shows when the kernel has taken its links.
template <typename Network>
void measure(int count, const std::vector<Wire>& wires, Times& times) {
  sys::Loop loop;
  const auto witness = sys::Netns::create();
  auto start = sys::now();
  std::optional<Network> network(std::in_place, count, wires);
  times.up.push_back(Milliseconds(sys::now() - start).count());
  verify(network->last_namespace(), wires);
  kernel::Netlink(witness).commit(kernel::veth({.name = "tell"}, {.netns = network->last_namespace(), .name = "tale"}));
  bool gone = false;
  const kernel::Monitor monitor(loop, witness, [&](const kernel::Change& change) {
    gone |= change.gone && std::holds_alternative<kernel::Link>(change.what);
  });
  start = sys::now();
  network.reset();
  loop.wait("the network to be gone", std::chrono::seconds(60),
            [&] { return gone ? std::optional<std::string>() : "its last link is there"; });
  times.gone.push_back(Milliseconds(sys::now() - start).count());
}

int run(const std::string& shape, int count, int runs) {
  const auto wires = shape == "star" ? star(count) : chain(count);
  Times bare, ours;
  for (int i = 0; i < runs; ++i) {
    measure<BareWires>(count, wires, bare);
    measure<OurWires>(count, wires, ours);
  }
  const double ratio = median(ours.up) / median(bare.up);
  std::printf("%s of %d namespaces, medians of %d runs\n", shape.c_str(), count, runs);
  std::printf("  bare system calls  up %8.1f ms   gone %8.1f ms\n", median(bare.up), median(bare.gone));
  std::printf("  kernel/            up %8.1f ms   gone %8.1f ms\n", median(ours.up), median(ours.gone));
  std::printf("  ratio              up %8.2f      budget %.1f\n", ratio, kBudget);
  return ratio <= kBudget ? 0 : 1;
}

}  // namespace
}  // namespace xconn::bench

int main(int argc, char** argv) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;  // two or three descriptors for each namespace
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const int count = argc > 1 ? std::atoi(argv[1]) : 100;
  const int runs = argc > 2 ? std::atoi(argv[2]) : 7;
  const std::string shape = argc > 3 ? argv[3] : "chain";
  if (count < 2 || runs < 1) {
    std::fprintf(stderr, "usage: chain [N >= 2] [RUNS >= 1] [chain|star]\n");
    return 2;
  }
  return xconn::bench::run(shape, count, runs);
}
