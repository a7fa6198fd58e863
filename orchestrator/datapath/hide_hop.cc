// SPDX-License-Identifier: Apache-2.0
#include "datapath/hide_hop.hh"

#include <bpf/libbpf.h>

#include "datapath/tc.hh"
#include "hide_hop.skel.h"

namespace xconn::datapath {

struct HideHop::Impl {
  Impl(const sys::Netns& netns, const std::string& interface)
      : programs(loaded<hide_hop_bpf>()),
        attachment(Tc::of(netns), interface,
                   {bpf_program__fd(programs->progs.hide_hop), "xconn-hide-hop", Hook::kIngress, priority::kHideHop},
                   slot.id()) {}
  std::shared_ptr<hide_hop_bpf> programs;
  Slot slot;
  Attachment attachment;
};

HideHop::HideHop(const sys::Netns& netns, const std::string& interface)
    : impl_(std::make_unique<Impl>(netns, interface)) {}
HideHop::~HideHop() = default;
HideHop::HideHop(HideHop&&) noexcept = default;
HideHop& HideHop::operator=(HideHop&&) noexcept = default;

}  // namespace xconn::datapath
