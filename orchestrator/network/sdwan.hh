// SPDX-License-Identifier: Apache-2.0
// What an SD-WAN edge measures, and how it steers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/address.hh"
#include "base/duration.hh"

namespace xconn::network {

/// What a member must keep.
struct Sla {
  std::optional<Duration> latency, jitter;  ///< absent: any is good enough
  std::optional<double> loss;               ///< 0 to 1
  friend bool operator==(const Sla&, const Sla&) = default;
};

enum class ProbeProtocol { kPing, kTcpEcho, kHttp };

struct HealthCheck {
  std::string name;
  std::vector<std::string> members;
  Address server;
  ProbeProtocol protocol = ProbeProtocol::kPing;
  int port = 0;            ///< tcp-echo 7, http 80 when 0
  std::string path = "/";  ///< http
  Duration interval{std::chrono::milliseconds{500}};
  Duration timeout{std::chrono::milliseconds{500}};
  int failtime = 5, recoverytime = 5, probe_count = 30;
  std::optional<Sla> sla;
  friend bool operator==(const HealthCheck&, const HealthCheck&) = default;
};

struct SdwanMember {
  std::string name;
  std::string interface;  ///< a tunnel's name or an interface's
  std::optional<Address> gateway;
  int cost = 0, priority = 1, weight = 1;
  friend bool operator==(const SdwanMember&, const SdwanMember&) = default;
};

enum class Strategy { kManual, kBestQuality, kLowestCost, kMaximizeBandwidth };
enum class LinkCostFactor { kLatency, kJitter, kLoss };

struct SdwanRule {
  std::string name;
  std::vector<Prefix> from, to;                                ///< empty: any
  std::optional<std::uint8_t> protocol;                        ///< IP protocol number
  std::vector<std::pair<std::uint16_t, std::uint16_t>> ports;  ///< destination ranges
  std::optional<std::uint8_t> dscp;
  std::vector<std::string> applications;  ///< nDPI's names
  Strategy strategy = Strategy::kManual;
  LinkCostFactor factor = LinkCostFactor::kLatency;
  int factor_threshold = 10;         ///< percent better before best quality moves
  std::vector<std::string> members;  ///< in order of preference
  std::vector<std::string> zones;    ///< instead of members
  std::string health_check;          ///< for best quality and the SLA strategies; empty: each member's own
  Duration hold_down{0};
  bool sla_stickiness = false;  ///< a session stays on its member for as long as that one is in SLA
  friend bool operator==(const SdwanRule&, const SdwanRule&) = default;
};

/// By what the implicit rule spreads over all members.
enum class Implicit { kSourceIp, kSourceDestIp, kWeight };

/// What FortiOS calls `config system sdwan`.
struct Sdwan {
  std::vector<Prefix> routes;  ///< destinations that SD-WAN steers; blackholed when no member is alive
  std::map<std::string, std::vector<std::string>> zones;
  std::vector<SdwanMember> members;
  std::vector<HealthCheck> health_checks;
  std::vector<SdwanRule> rules;  ///< first match wins; then the implicit rule
  Implicit implicit = Implicit::kSourceIp;
  bool require_route = false;  ///< a member counts only while the main table routes the destination over it (BGP)
  friend bool operator==(const Sdwan&, const Sdwan&) = default;
};

}  // namespace xconn::network
