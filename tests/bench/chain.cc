// How much our kernel layer costs on top of the kernel: builds a chain of N namespaces through kernel/, and the same
// one with bare system calls, in turns, and compares the medians.
//
//   chain [N = 100] [RUNS = 7]        exit status 1 when kernel/ takes more than twice the bare time
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
struct OurChain {
  explicit OurChain(int count) : namespaces(sys::Netns::create(static_cast<std::size_t>(count))) {
    for (const auto& netns : namespaces) sockets.emplace_back(netns);
    kernel::Batch links;
    for (std::size_t i = 0; i + 1 < namespaces.size(); ++i)
      links.push_back(kernel::veth({.netns = namespaces[i].fd(), .name = "right"},
                                   {.netns = namespaces[i + 1].fd(), .name = "left"}));
    sockets.front().commit(links);
    for (std::size_t i = 0; i < namespaces.size(); ++i) sockets[i].commit(configuration(i));
  }

  kernel::Batch configuration(std::size_t i) const {
    kernel::Batch batch;
    if (i > 0) configure(batch, "left", 0x0a000001U + 2 * static_cast<std::uint32_t>(i - 1));
    if (i + 1 < namespaces.size()) configure(batch, "right", 0x0a000000U + 2 * static_cast<std::uint32_t>(i));
    return batch;
  }

  static void configure(kernel::Batch& batch, const char* interface, std::uint32_t address) {
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

/// What was built must be a chain that works: every link has carrier, every end its address.
void verify(int netns, int count) {
  const kernel::Reader reader(sys::Netns::open("/proc/self/fd/" + std::to_string(netns)));
  const auto link = reader.link("left");
  std::optional<std::string> address;
  for (const auto& entry : reader.addresses())
    if (entry.interface == "left") address = entry.address.text();
  const auto wanted = Address::v4(0x0a000001U + 2 * static_cast<std::uint32_t>(count - 2)).text() + "/31";
  if (link && link->carrier && address == wanted) return;
  std::fprintf(stderr, "the chain is not as it should be\n");
  std::exit(1);
}

/// Builds and takes down one chain. A veth from a namespace that stays shows when the kernel has taken its links.
template <typename Chain>
void measure(int count, Times& times) {
  sys::Loop loop;
  const auto witness = sys::Netns::create();
  auto start = sys::now();
  std::optional<Chain> chain(std::in_place, count);
  times.up.push_back(Milliseconds(sys::now() - start).count());
  verify(chain->last_namespace(), count);
  kernel::Netlink(witness).commit(kernel::veth({.name = "tell"}, {.netns = chain->last_namespace(), .name = "tale"}));
  bool gone = false;
  const kernel::Monitor monitor(loop, witness, [&](const kernel::Change& change) {
    gone |= change.gone && std::holds_alternative<kernel::Link>(change.what);
  });
  start = sys::now();
  chain.reset();
  loop.wait("the chain to be gone", std::chrono::seconds(60),
            [&] { return gone ? std::optional<std::string>() : "its last link is there"; });
  times.gone.push_back(Milliseconds(sys::now() - start).count());
}

int run(int count, int runs) {
  Times bare, ours;
  for (int i = 0; i < runs; ++i) {
    measure<BareChain>(count, bare);
    measure<OurChain>(count, ours);
  }
  const double ratio = median(ours.up) / median(bare.up);
  std::printf("chain of %d namespaces, medians of %d runs\n", count, runs);
  std::printf("  bare system calls  up %8.1f ms   gone %8.1f ms\n", median(bare.up), median(bare.gone));
  std::printf("  kernel/            up %8.1f ms   gone %8.1f ms\n", median(ours.up), median(ours.gone));
  std::printf("  ratio              up %8.2f      budget %.1f\n", ratio, kBudget);
  return ratio <= kBudget ? 0 : 1;
}

}  // namespace
}  // namespace xconn::bench

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 100;
  const int runs = argc > 2 ? std::atoi(argv[2]) : 7;
  if (count < 2 || runs < 1) {
    std::fprintf(stderr, "usage: chain [N >= 2] [RUNS >= 1]\n");
    return 2;
  }
  return xconn::bench::run(count, runs);
}
