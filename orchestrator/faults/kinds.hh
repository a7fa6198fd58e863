// SPDX-License-Identifier: Apache-2.0
// The table of fault kinds: what there is, for the command line's help, completion, documentation and findings.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xconn::faults {

enum class TargetKind {
  kEnd,
  kDaemon,
  kNode,
  kMember,
  kSpeaker,
  kMsee,
  kConfigured,  ///< one of the next, as the parameter `what` says
  kSubInterface,
  kNeighbor,
  kTunnel,
  kNumbered,
  kBfdSpeaker,
  kBalancer,
  kRoute
};

enum class ValueKind {
  kLasting,  ///< of every fault: for how long
  kDuration,
  kPeriod,
  kShare,
  kRate,
  kBytes,
  kTraffic,
  kDirection,
  kCount,
  kNetwork,
  kMismatch,
  kNotice
};

struct Parameter {
  std::string_view name;
  ValueKind value;
  std::string_view default_value;  ///< empty: must be given
  std::string_view meaning;
};

struct Kind {
  std::string_view name;
  TargetKind target;
  std::string_view meaning;           ///< one line
  std::vector<Parameter> parameters;  ///< the first may be given on a command line without its name
};

const std::vector<Kind>& kinds();

/// What two sides may be configured with differently, and where: the parameter `what` of a mismatch.
struct Mismatch {
  std::string_view what;
  TargetKind target;
  std::string_view meaning;
};

std::span<const Mismatch> mismatches();

/// nullptr when there is none.
const Kind* find_kind(std::string_view name);

/// "NODE:INTERFACE", "NODE:DAEMON", "NODE", "NODE:MEMBER", "NODE" that speaks BGP, "MSEE" ...
std::string_view to_string(TargetKind target);

}  // namespace xconn::faults
