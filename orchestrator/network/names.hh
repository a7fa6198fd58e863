// SPDX-License-Identifier: Apache-2.0
// What the values of a network's enums are called, in a topology as in every file and answer.
#pragma once

#include "base/names.hh"
#include "network/balancer.hh"
#include "network/node.hh"
#include "network/restart.hh"
#include "network/sdwan.hh"
#include "network/security.hh"

namespace xconn {

template <>
struct Names<network::BackendProbe> {
  using Kind = network::BackendProbe;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::kTcp, "tcp"}, {Kind::kHttp, "http"}};
};

template <>
struct Names<network::Timers> {
  using Kind = network::Timers;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::kAzure, "azure"}, {Kind::kFast, "fast"}};
};

template <>
struct Names<network::Direction> {
  using Kind = network::Direction;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::kInbound, "Inbound"},
                                                                {Kind::kOutbound, "Outbound"}};
};

template <>
struct Names<network::Access> {
  using Kind = network::Access;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::kAllow, "Allow"}, {Kind::kDeny, "Deny"}};
};

// "any" is spelled as Azure does.
template <>
struct Names<network::TrafficProtocol> {
  using Kind = network::TrafficProtocol;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::kTcp, "Tcp"},   {Kind::kUdp, "Udp"},
                                                                {Kind::kIcmp, "Icmp"}, {Kind::kEsp, "Esp"},
                                                                {Kind::kAh, "Ah"},     {Kind::kAny, "*"}};
};

// "no" is "never": YAML 1.1 takes `no` for a boolean.
template <>
struct Names<network::RestartPolicy> {
  using Kind = network::RestartPolicy;
  static constexpr std::pair<Kind, std::string_view> names[] = {
      {Kind::kAlways, "always"}, {Kind::kOnFailure, "on-failure"}, {Kind::kNever, "never"}};
};

template <>
struct Names<network::ProbeProtocol> {
  using Kind = network::ProbeProtocol;
  static constexpr std::pair<Kind, std::string_view> names[] = {
      {Kind::kPing, "ping"}, {Kind::kTcpEcho, "tcp-echo"}, {Kind::kHttp, "http"}};
};

template <>
struct Names<network::Strategy> {
  using Kind = network::Strategy;
  static constexpr std::pair<Kind, std::string_view> names[] = {{Kind::kManual, "manual"},
                                                                {Kind::kBestQuality, "best-quality"},
                                                                {Kind::kLowestCost, "lowest-cost"},
                                                                {Kind::kMaximizeBandwidth, "maximize-bandwidth"}};
};

template <>
struct Names<network::LinkCostFactor> {
  using Kind = network::LinkCostFactor;
  static constexpr std::pair<Kind, std::string_view> names[] = {
      {Kind::kLatency, "latency"}, {Kind::kJitter, "jitter"}, {Kind::kLoss, "loss"}};
};

template <>
struct Names<network::Implicit> {
  using Kind = network::Implicit;
  static constexpr std::pair<Kind, std::string_view> names[] = {
      {Kind::kSourceIp, "source-ip"}, {Kind::kSourceDestIp, "source-dest-ip"}, {Kind::kWeight, "weight"}};
};

}  // namespace xconn
