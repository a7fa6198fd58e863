// SPDX-License-Identifier: Apache-2.0
#include "datapath/retag.hh"

#include <bpf/libbpf.h>

#include "datapath/retag_abi.h"
#include "datapath/tc.hh"
#include "retag.skel.h"

namespace xconn::datapath {

struct Retag::Impl {
  Impl(const sys::Netns& netns, const std::string& trunk, const retag_rule& rule)
      : programs(loaded<retag_bpf>()),
        entry(programs, bpf_map__fd(programs->maps.rules), slot.id(), rule, "rules"),
        departs(Tc::of(netns), trunk,
                {bpf_program__fd(programs->progs.departs), "xconn-retag-out", Hook::kEgress, priority::kRetagDeparture},
                slot.id()),
        arrives(Tc::of(netns), trunk,
                {bpf_program__fd(programs->progs.arrives), "xconn-retag-in", Hook::kIngress, priority::kRetagArrival},
                slot.id()) {}
  std::shared_ptr<retag_bpf> programs;
  Slot slot;
  MapEntry entry;
  Attachment departs, arrives;
};

Retag::Retag(const sys::Netns& netns, const std::string& trunk, const Tag& own, const Tag& wire)
    : impl_(std::make_unique<Impl>(netns, trunk, retag_rule{own.id, own.ethertype, wire.id, wire.ethertype})) {}
Retag::~Retag() = default;
Retag::Retag(Retag&&) noexcept = default;
Retag& Retag::operator=(Retag&&) noexcept = default;

}  // namespace xconn::datapath
