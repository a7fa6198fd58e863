// SPDX-License-Identifier: Apache-2.0
// A drill that was never run: a flow of 10 s that is dead from 4 s to 5.12 s and then takes the tunnel.
#pragma once

#include "drill/evidence.hh"

namespace xconn::drill {

inline probes::Trail trail_with_gap(Duration begin, Duration end) {
  using namespace std::chrono_literals;
  probes::Trail trail;
  trail.interval = 10ms;
  trail.began = 100s;
  trail.ended = 110s;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const Duration sent = 100s + 10ms * i;
    trail.sent.push_back({i, sent});
    if (sent < begin || sent >= end) trail.arrivals.push_back({i, sent, sent + 1ms});
  }
  return trail;
}

inline Evidence silent_er() {
  using namespace std::chrono_literals;
  Evidence evidence;
  evidence.began = 100s;
  evidence.ended = 110s;
  evidence.watched = 110s + 4ms;
  evidence.first_fault = 104s;
  FlowEvidence flow;
  flow.spec.name = "client-to-app";
  flow.spec.from = flow.from_node = "client";
  flow.spec.to = flow.to_node = "app";
  flow.spec.every = 10ms;
  flow.spec.id = 1;
  flow.forward.trail = trail_with_gap(104s, 105s + 120ms);
  flow.reverse.trail = trail_with_gap(104s, 104s + 940ms);
  evidence.flows.push_back(flow);
  probes::Sightings sightings({{"router", "left", nullptr, "client", "er", false},
                               {"app", "eth0", nullptr, "router", "right", false},
                               {"app", "vpn", nullptr, "", "", true},
                               {"client", "vpn", nullptr, "", "", true},
                               {"router", "right", nullptr, "app", "eth0", false},
                               {"client", "er", nullptr, "router", "left", false}});
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const Duration at = 100s + 10ms * i;
    const auto see = [&](probes::FlowDirection way, std::uint32_t interface, Duration after) {
      sightings.add({1, way, i, at + after, interface});
    };
    if (at < 104s) {
      see(probes::FlowDirection::kForward, 0, 300us);
      see(probes::FlowDirection::kForward, 1, 1ms);
      see(probes::FlowDirection::kReverse, 4, 300us);
      see(probes::FlowDirection::kReverse, 5, 1ms);
    } else {
      if (at >= 105s + 120ms) see(probes::FlowDirection::kForward, 2, 1ms);
      if (at >= 104s + 940ms) see(probes::FlowDirection::kReverse, 3, 1ms);
    }
  }
  evidence.sightings = sightings;
  evidence.events = {{104s + 1ms, "fault", "", "blackhole router:right applied"},
                     {104s + 871ms, "bfd", "router", "app down"},
                     {104s + 872ms, "bfd", "router", "app down"},
                     {105s + 100ms, "sdwan", "client", "member er dead"},
                     {109s, "sdwan", "client", "nothing to do with it"}};
  evidence.host.longest_normal = 4ms;
  evidence.host.longest_real_time = 200us;
  evidence.host.real_time = true;
  evidence.host.stalls = {{104s + 500ms, 104s + 504ms}};
  measure_all(evidence);
  return evidence;
}

}  // namespace xconn::drill
