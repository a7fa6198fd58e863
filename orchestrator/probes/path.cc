// SPDX-License-Identifier: Apache-2.0
#include "probes/path.hh"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace xconn::probes {
namespace {

constexpr Duration kLongestJourney = std::chrono::seconds{2};  // older sightings of a number are of another packet

// The other end of the link that a probe came in by; for a tunnel whose other end is not known, the previous node's
// tunnel of the same name, or its only one.
std::string left_by(const std::string& previous, const InterfaceView& entered,
                    const std::vector<InterfaceView>& interfaces) {
  if (entered.peer_node == previous) return entered.peer_name;
  if (!entered.tunnel) return {};
  std::set<std::string> tunnels;
  for (const InterfaceView& candidate : interfaces) {
    if (candidate.node != previous || !candidate.tunnel) continue;
    if (candidate.name == entered.name) return candidate.name;
    tunnels.insert(candidate.name);
  }
  return tunnels.size() == 1 ? *tunnels.begin() : std::string{};
}

}  // namespace

std::string to_string(const Path& path) { return fmt::format("{}", fmt::join(path.nodes, " > ")); }

Path path_of(const std::string& sender, const std::vector<Sighting>& hops,
             const std::vector<InterfaceView>& interfaces) {
  std::vector<Sighting> ordered = hops;
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  Path path{{sender}, {}};
  for (const Sighting& hop : ordered) {
    const InterfaceView& entered = interfaces.at(hop.interface);
    if (entered.node == path.nodes.back()) continue;
    if (const std::string name = left_by(path.nodes.back(), entered, interfaces); !name.empty()) {
      path.via[path.nodes.back()] = name;
    }
    path.nodes.push_back(entered.node);
  }
  return path;
}

void Sightings::add(const Sighting& sighting) {
  seen_.try_emplace({sighting.flow, sighting.way}, folder_).first->second.push_back(sighting);
}

std::uint32_t Sightings::also(InterfaceView interface) {
  interfaces_.push_back(std::move(interface));
  return static_cast<std::uint32_t>(interfaces_.size() - 1);
}

std::optional<Path> Sightings::path_at(std::uint32_t flow, Way way, const std::string& sender,
                                       const std::string& receiver, Duration time) const {
  const auto found = seen_.find({flow, way});
  if (found == seen_.end()) return std::nullopt;
  const auto last_at_receiver = [&](bool bare) {
    return found->second.last(time, [&](const Sighting& seen) {
      return seen.bare() == bare && interfaces_[seen.interface].node == receiver;
    });
  };
  auto last = last_at_receiver(false);
  // Through translation a bare segment is seen on a part of its way only, so it speaks where no probe has of late.
  if (const auto bare = last_at_receiver(true); bare && (!last || bare->at - last->at > kLongestJourney)) last = bare;
  if (!last) return std::nullopt;
  std::map<std::uint32_t, Sighting> latest;  // one sighting for each interface: a segment may have been sent again
  for (const Sighting& sighting : found->second.near({last->at - kLongestJourney, last->at + Duration{1}})) {
    const bool same = sighting.sequence == last->sequence && sighting.at <= last->at;
    if (!same || last->at - sighting.at > kLongestJourney) continue;
    auto& kept = latest[sighting.interface];
    if (sighting.at >= kept.at) kept = sighting;
  }
  std::vector<Sighting> hops;
  for (const auto& [interface, sighting] : latest) hops.push_back(sighting);
  return path_of(sender, hops, interfaces_);
}

std::uint64_t Sightings::crossings(std::uint32_t flow, Way way, const std::string& node, const Window& window) const {
  const auto found = seen_.find({flow, way});
  if (found == seen_.end()) return 0;
  std::uint64_t count = 0;
  for (const Sighting& sighting : found->second.near(window)) {
    const bool inside = sighting.at >= window.begin && sighting.at < window.end;
    count += inside && interfaces_[sighting.interface].node == node ? 1 : 0;
  }
  return count;
}

std::map<std::string, std::uint64_t> Sightings::lost_at(std::uint32_t flow, Way way, const std::string& receiver,
                                                        const Window& window) const {
  std::map<std::uint64_t, Sighting> last;  // by the probe's number
  const auto found = seen_.find({flow, way});
  if (found == seen_.end()) return {};
  for (const Sighting& seen : found->second.near({window.begin, window.end + kLongestJourney})) {
    const bool arrives = interfaces_[seen.interface].node == receiver;
    if (seen.bare() || seen.at < window.begin || (seen.at >= window.end && !arrives)) continue;
    auto& kept = last.try_emplace(seen.sequence, seen).first->second;
    if (arrives || (seen.at >= kept.at && interfaces_[kept.interface].node != receiver)) kept = seen;
  }
  std::map<std::string, std::uint64_t> places;
  for (const auto& [sequence, seen] : last)
    if (const auto& at = interfaces_[seen.interface]; at.node != receiver) ++places[at.node + ":" + at.name];
  return places;
}

std::vector<Duration> Sightings::times_at(std::uint32_t flow, Way way, const std::string& node) const {
  std::vector<Duration> times;
  const auto found = seen_.find({flow, way});
  if (found == seen_.end()) return times;
  for (const Sighting& sighting : found->second) {
    if (interfaces_[sighting.interface].node == node) times.push_back(sighting.at);
  }
  return times;
}

}  // namespace xconn::probes
