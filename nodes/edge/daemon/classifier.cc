// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/classifier.hh"

#include <ndpi/ndpi_api.h>
#include <netinet/in.h>
#include <netinet/ip.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <set>

#include "nodes/edge/daemon/ruleset.hh"

namespace xconn::sdwan {
namespace {

constexpr int kInspectedPackets = 16;  // per flow; after that nDPI seldom changes its mind
constexpr std::size_t kFlows = 16384;  // about 20 MB at the very most
constexpr Duration kIdle = std::chrono::seconds(30);

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::uint16_t word_at(const std::uint8_t* bytes) { return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]); }

std::optional<Tuple> tuple_of(std::span<const std::uint8_t> packet) {
  iphdr ip;
  if (packet.size() < sizeof ip) return std::nullopt;
  std::memcpy(&ip, packet.data(), sizeof ip);
  const std::size_t offset = static_cast<std::size_t>(ip.ihl) * 4;
  const bool later_fragment = (ntohs(ip.frag_off) & IP_OFFMASK) != 0;
  const bool ports = ip.protocol == IPPROTO_TCP || ip.protocol == IPPROTO_UDP;
  if (ip.version != 4 || ip.ihl < 5 || later_fragment || !ports || packet.size() < offset + 8) return std::nullopt;
  const auto* transport = packet.data() + offset;
  return Tuple{ntohl(ip.saddr), ntohl(ip.daddr), ip.protocol, word_at(transport), word_at(transport + 2)};
}

/// The same for both directions of a flow.
Tuple undirected(const Tuple& tuple) {
  const Tuple reverse{tuple.destination, tuple.source, tuple.protocol, tuple.destination_port, tuple.source_port};
  return std::min(tuple, reverse);
}

}  // namespace

void Classifier::FreeModule::operator()(ndpi_detection_module_struct* module) const noexcept {
  ndpi_exit_detection_module(module);
}

void Classifier::FreeFlow::operator()(ndpi_flow_struct* flow) const noexcept { ndpi_flow_free(flow); }

Classifier::Classifier(const Config& config) : module_(ndpi_init_detection_module(ndpi_no_prefs)) {
  if (!module_) throw HostError("nDPI's detection module", "apt-get install libndpi4.2");
  NDPI_PROTOCOL_BITMASK all;
  NDPI_BITMASK_SET_ALL(all);
  ndpi_set_protocol_detection_bitmask2(module_.get(), &all);
  ndpi_finalize_initialization(module_.get());
  std::set<std::string> known;
  for (unsigned id = 0; id < ndpi_get_num_supported_protocols(module_.get()); ++id) {
    known.insert(lower(name_of(static_cast<std::uint16_t>(id))));
  }
  const auto& rules = config.sdwan.rules;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (const auto& name : rules[i].applications) {
      if (!known.contains(lower(name)))
        throw ConfigError(rules[i].name + ".applications: nDPI knows no '" + name + "'");
      bits_.emplace(lower(name), application_bit(config, i));
    }
  }
}

std::string Classifier::name_of(std::uint16_t protocol) const { return ndpi_get_proto_name(module_.get(), protocol); }

std::optional<Finding> Classifier::observe(std::span<const std::uint8_t> packet, Duration now) {
  const auto tuple = tuple_of(packet);
  if (!tuple) return std::nullopt;
  if (flows_.size() >= kFlows) make_room(now);
  auto& flow = flows_[undirected(*tuple)];
  flow.seen = now;
  ++flow.packets;
  flow.bytes += packet.size();
  if (!flow.application.empty()) {
    auto& total = totals_[flow.application];
    ++total.packets;
    total.bytes += packet.size();
  }
  if (flow.inspected >= kInspectedPackets || !inspect(flow, packet, now)) return std::nullopt;
  return Finding{*tuple, flow.application, flow.bits};
}

/// True when the flow's bits changed.
bool Classifier::inspect(Flow& flow, std::span<const std::uint8_t> packet, Duration now) {
  if (!flow.state) {
    flow.state.reset(static_cast<ndpi_flow_struct*>(ndpi_flow_malloc(SIZEOF_FLOW_STRUCT)));
    if (!flow.state) throw std::bad_alloc();
    std::memset(flow.state.get(), 0, SIZEOF_FLOW_STRUCT);
  }
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const auto protocol =
      ndpi_detection_process_packet(module_.get(), flow.state.get(), packet.data(),
                                    static_cast<unsigned short>(packet.size()), static_cast<u_int64_t>(milliseconds));
  if (++flow.inspected >= kInspectedPackets) flow.state.reset();
  std::vector<std::uint16_t> layers{protocol.master_protocol, protocol.app_protocol};
  std::erase(layers, NDPI_PROTOCOL_UNKNOWN);
  if (layers.empty()) return false;
  std::string application;
  auto bits = flow.bits;
  for (const auto layer : layers) {
    const auto name = name_of(layer);
    application += (application.empty() ? "" : ".") + name;
    const auto [first, last] = bits_.equal_range(lower(name));
    for (auto it = first; it != last; ++it) bits |= it->second;
  }
  attribute(flow, application);
  return std::exchange(flow.bits, bits) != bits;
}

/// The totals of a flow go with its name when that becomes more exact.
void Classifier::attribute(Flow& flow, const std::string& application) {
  if (flow.application == application) return;
  if (!flow.application.empty()) {
    auto& old = totals_[flow.application];
    --old.flows;
    old.packets -= flow.packets;
    old.bytes -= flow.bytes;
  }
  flow.application = application;
  auto& total = totals_[application];
  total.name = application;
  ++total.flows;
  total.packets += flow.packets;
  total.bytes += flow.bytes;
}

void Classifier::make_room(Duration now) {
  std::erase_if(flows_, [&](const auto& entry) { return now - entry.second.seen > kIdle; });
  if (flows_.size() >= kFlows) flows_.clear();
}

std::vector<ApplicationTotal> Classifier::top(std::size_t count) const {
  std::vector<ApplicationTotal> result;
  for (const auto& [name, total] : totals_) {
    if (total.flows > 0) result.push_back(total);
  }
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
  if (result.size() > count) result.resize(count);
  return result;
}

}  // namespace xconn::sdwan
