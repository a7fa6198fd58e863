// SPDX-License-Identifier: Apache-2.0
// What reading and checking a topology costs, beside what yaml-cpp alone needs for the same text: a hub and 99 spokes
// with 8 subnets each, peerings both ways, a security group of 10 rules and a route table of 4 routes for each VNet.
//   bench_validate [REPETITIONS]
//   bench_validate --print > hundred.yaml
#include <time.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>

#include "model/read.hh"

namespace {

constexpr int kVnets = 100, kSubnets = 8, kRules = 10, kRoutes = 4;

std::string number(int value) { return std::to_string(value); }

std::string vnet_text(int i) {
  const auto net = "10." + number(i) + ".";
  std::string text =
      "  v" + number(i) + ":\n    region: westeurope\n    address-space: " + net + "0.0/16\n    subnets:\n";
  for (int j = 0; j < kSubnets; ++j)
    text += "      s" + number(j) + ": {prefix: " + net + number(j) + ".0/24, nsg: n" + number(i) + ", route-table: t" +
            number(i) + "}\n";
  text += "    peerings:\n";
  if (i > 0) return text + "      hub: {remote: v0, allow-forwarded-traffic: true}\n";
  for (int k = 1; k < kVnets; ++k) text += "      p" + number(k) + ": {remote: v" + number(k) + "}\n";
  return text;
}

std::string group_text(int i) {
  std::string text = "  n" + number(i) + ":\n    rules:\n";
  for (int j = 0; j < kRules; ++j)
    text += "      r" + number(j) + ": {priority: " + number(100 + j) +
            ", direction: Inbound, access: Allow, protocol: Tcp, source: 10." + number(j) +
            ".0.0/16, destination-port: " + number(1000 + j) + "}\n";
  return text;
}

std::string table_text(int i) {
  std::string text = "  t" + number(i) + ":\n    routes:\n";
  for (int j = 0; j < kRoutes; ++j) text += "      - {to: 172.16." + number(j) + ".0/24, next-hop: 10.0.0.4}\n";
  return text;
}

std::string topology_text() {
  std::string vnets = "vnets:\n", groups = "nsgs:\n", tables = "route-tables:\n";
  for (int i = 0; i < kVnets; ++i) {
    vnets += vnet_text(i);
    groups += group_text(i);
    tables += table_text(i);
  }
  return vnets + groups + tables;
}

/// Milliseconds of processor time, the least of several runs: other work on the machine only ever adds.
double least(int repetitions, const std::function<void()>& work) {
  double best = 1e9;
  for (int i = 0; i < repetitions; ++i) {
    timespec before{}, after{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    work();
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    best = std::min(best, static_cast<double>(after.tv_sec - before.tv_sec) * 1e3 +
                              static_cast<double>(after.tv_nsec - before.tv_nsec) / 1e6);
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string(argv[1]) == "--print") {
    std::cout << topology_text();
    return 0;
  }
  const auto repetitions = argc > 1 ? std::max(1, std::atoi(argv[1])) : 7;
  const auto text = topology_text();
  try {
    const auto bare = least(repetitions, [&] { YAML::Load(text); });
    const auto ours = least(repetitions, [&] { xconn::model::read_text(text, "generated.yaml"); });
    std::cout << kVnets << " VNets, " << text.size() / 1024 << " KiB: yaml-cpp alone " << bare
              << " ms, read and checked " << ours << " ms, ratio " << ours / bare << "\n";
  } catch (const xconn::TopologyError& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
