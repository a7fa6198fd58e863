// SPDX-License-Identifier: Apache-2.0
#include "datapath/filter.hh"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cmath>
#include <stdexcept>

#include "datapath/filter_abi.h"
#include "datapath/tc.hh"
#include "filter.skel.h"

namespace xconn::datapath {
namespace {

void require(const FilterRule& rule) {
  if (!(rule.loss >= 0 && rule.loss <= 1)) throw std::invalid_argument("a loss is 0 to 1");
  if (rule.matches.size() > kMaxMatches) throw std::invalid_argument("a filter rule has at most 4 matches");
  if (rule.bigger_than == 0U) throw std::invalid_argument("a packet is bigger than at least 1 byte");
}

filter_match encode(const Match& match) {
  return {.ethertype = match.ethertype,
          .port_low = match.port_low,
          .port_high = match.port_high,
          .protocol = match.protocol,
          .payload = static_cast<__u8>(match.payload)};
}

filter_rule encode(const FilterRule& rule) {
  require(rule);
  filter_rule out{};
  out.loss = static_cast<__u64>(std::llround(rule.loss * 4294967296.0));
  out.seed = rule.seed;
  out.bigger_than = rule.bigger_than.value_or(0);
  out.match_count = static_cast<__u32>(rule.matches.size());
  for (std::size_t i = 0; i < rule.matches.size(); i++) out.matches[i] = encode(rule.matches[i]);
  return out;
}

}  // namespace

static_assert(kMaxMatches == FILTER_MATCHES);
static_assert(static_cast<int>(Match::Payload::kEsp) == FILTER_ESP &&
              static_cast<int>(Match::Payload::kIke) == FILTER_IKE);

struct Filter::Impl {
  Impl(const sys::Netns& netns, const std::string& interface, const FilterRule& rule)
      : tc(Tc::of(netns)),
        programs(loaded<filter_bpf>()),
        entry(programs, bpf_map__fd(programs->maps.rules), slot.id(), encode(rule), "rules"),
        attachment(tc, interface, program(interface), slot.id()) {}

  Program program(const std::string& interface) const {
    const bool ethernet = tc->device(interface).ethernet;
    const bpf_program* chosen = ethernet ? programs->progs.filter_ethernet : programs->progs.filter_bare;
    return {bpf_program__fd(chosen), "xconn-filter", Hook::kIngress, priority::kFilter};
  }

  std::shared_ptr<Tc> tc;
  std::shared_ptr<filter_bpf> programs;
  Slot slot;
  MapEntry entry;
  Attachment attachment;
};

Filter::Filter(const sys::Netns& netns, const std::string& interface, const FilterRule& rule)
    : impl_(std::make_unique<Impl>(netns, interface, rule)) {}
Filter::~Filter() = default;
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;

FilterCounters Filter::counters() const {
  filter_rule rule{};
  const std::uint32_t id = impl_->slot.id();
  sys::check(bpf_map_lookup_elem(bpf_map__fd(impl_->programs->maps.rules), &id, &rule), "read eBPF map", "rules");
  return {rule.matched, rule.dropped, rule.dropped_bytes};
}

}  // namespace xconn::datapath
