// SPDX-License-Identifier: Apache-2.0
// Which nodes a flow's probes crossed, from where each numbered probe was seen to arrive; never from a routing table.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "datapath/trace.hh"
#include "probes/flow.hh"
#include "probes/record.hh"
#include "probes/site.hh"

namespace xconn::probes {

/// Probe `sequence` arrived at an interface.
struct Sighting {
  std::uint32_t flow = 0;
  Way way = Way::kForward;
  std::uint64_t sequence = 0;
  Duration at{0};
  std::uint32_t interface = 0;  ///< index into Site::interfaces()

  /// A segment of TCP without a probe in it: SYN, ACK, FIN. The number is TCP's, not a probe's.
  bool bare() const { return sequence >= datapath::kBareSegment; }
};

template <>
struct Packing<Sighting> {
  static constexpr std::size_t kWidth = 5;
  static std::array<std::int64_t, kWidth> numbers(const Sighting& seen) {
    return {seen.flow, static_cast<std::int64_t>(seen.way), static_cast<std::int64_t>(seen.sequence), seen.at.count(),
            seen.interface};
  }
  static Sighting from(const std::array<std::int64_t, kWidth>& numbers) {
    return {static_cast<std::uint32_t>(numbers[0]), static_cast<Way>(numbers[1]),
            static_cast<std::uint64_t>(numbers[2]), Duration{numbers[3]}, static_cast<std::uint32_t>(numbers[4])};
  }
  static Duration time(const Sighting& seen) { return seen.at; }
  static Duration begun(const Sighting& seen) { return seen.at; }
};

struct Path {
  std::vector<std::string> nodes;          ///< sender first; a node that was entered twice in a row stands once
  std::map<std::string, std::string> via;  ///< node -> the interface it last left by, where that is known
  friend bool operator==(const Path&, const Path&) = default;
};

std::string to_string(const Path& path);  ///< "hq-client > hq-fgt > ... > app"

/// The path of one probe. `hops` are its sightings, in any order.
Path path_of(const std::string& sender, const std::vector<Sighting>& hops,
             const std::vector<InterfaceView>& interfaces);

/// All sightings of a drill, asked by flow and time. A copy is another view of the same.
class Sightings {
 public:
  explicit Sightings(std::vector<InterfaceView> interfaces, std::string folder = "/tmp")
      : interfaces_(std::move(interfaces)), folder_(std::move(folder)) {}
  void add(const Sighting& sighting);
  /// Another interface; its index.
  std::uint32_t also(InterfaceView interface);
  /// The path of the probe that was the last to be sighted at `receiver` at or before `time`; nullopt when none was.
  std::optional<Path> path_at(std::uint32_t flow, Way way, const std::string& sender, const std::string& receiver,
                              Duration time) const;
  /// How often probes of the flow were seen to arrive at a node inside the window.
  std::uint64_t crossings(std::uint32_t flow, Way way, const std::string& node, const Window& window) const;
  /// Of the probes of a window that never got to `receiver`: where each was seen last, "NODE:INTERFACE", and how many.
  std::map<std::string, std::uint64_t> lost_at(std::uint32_t flow, Way way, const std::string& receiver,
                                               const Window& window) const;
  std::vector<Duration> times_at(std::uint32_t flow, Way way, const std::string& node) const;

 private:
  std::vector<InterfaceView> interfaces_;
  std::string folder_;
  std::map<std::pair<std::uint32_t, Way>, Series<Sighting>> seen_;
};

}  // namespace xconn::probes
