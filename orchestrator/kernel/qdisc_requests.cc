// SPDX-License-Identifier: Apache-2.0
// Sources: linux/pkt_sched.h, tc-tbf(8), net/sched/sch_tbf.c.
#include <linux/if_ether.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cstddef>
#include <limits>

#include "kernel/message.hh"

namespace xconn::kernel {
namespace {

constexpr std::uint32_t kClsactHandle = TC_H_MAKE(TC_H_CLSACT, 0);
constexpr std::uint32_t kRootHandle = 0x10000;  // "1:"
constexpr std::uint32_t kFullFrame = 1518;

tcmsg qdisc_header(std::uint32_t parent, std::uint32_t handle) {
  tcmsg header{};
  header.tcm_family = AF_UNSPEC;
  header.tcm_parent = parent;
  header.tcm_handle = handle;
  return header;
}

void begin(MessageWriter& writer, std::uint16_t type, std::uint16_t flags, const std::string& interface,
           const tcmsg& header, const char* kind) {
  writer.begin(type, flags, header);
  writer.patch_header(offsetof(tcmsg, tcm_ifindex), interface);
  if (kind != nullptr) writer.put_text(TCA_KIND, kind);
}

std::uint32_t clamp32(std::uint64_t value) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

Request clsact_add(const std::string& interface) {
  Request request("add clsact", interface);
  MessageWriter writer(request);
  begin(writer, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, interface, qdisc_header(TC_H_CLSACT, kClsactHandle), "clsact");
  return request;
}

Request clsact_delete(const std::string& interface) {
  Request request("delete clsact", interface);
  MessageWriter writer(request);
  begin(writer, RTM_DELQDISC, 0, interface, qdisc_header(TC_H_CLSACT, kClsactHandle), "clsact");
  return request;
}

Request token_bucket_replace(const std::string& interface, const TokenBucket& bucket) {
  const auto bytes_per_second = bucket.rate / 8;
  const auto burst = bucket.burst != 0 ? bucket.burst : std::max(clamp32(bytes_per_second / 100), 2 * kFullFrame);
  const auto queued = static_cast<double>(bytes_per_second) * static_cast<double>(bucket.latency.count()) / 1e9;
  tc_tbf_qopt options{};
  options.rate.rate = clamp32(bytes_per_second);
  options.rate.linklayer = TC_LINKLAYER_ETHERNET;  // so that the kernel wants no rate table
  options.limit = clamp32(static_cast<std::uint64_t>(queued) + burst);
  Request request("set token bucket", interface + " " + std::to_string(bucket.rate) + " bit/s");
  MessageWriter writer(request);
  begin(writer, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, interface, qdisc_header(TC_H_ROOT, kRootHandle), "tbf");
  writer.nest(TCA_OPTIONS, [&] {
    writer.put(TCA_TBF_PARMS, options);
    writer.put(TCA_TBF_BURST, burst);
    if (bytes_per_second > std::numeric_limits<std::uint32_t>::max()) writer.put(TCA_TBF_RATE64, bytes_per_second);
  });
  return request;
}

Request root_qdisc_delete(const std::string& interface) {
  Request request("delete root qdisc", interface);
  MessageWriter writer(request);
  begin(writer, RTM_DELQDISC, 0, interface, qdisc_header(TC_H_ROOT, 0), nullptr);
  return request;
}

}  // namespace xconn::kernel
