// SPDX-License-Identifier: Apache-2.0
#include "datapath/tc.hh"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netlink.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstring>
#include <set>

#include "sys/modules.hh"

namespace xconn::datapath {
namespace {

using Buffer = std::array<char, 16384>;

sys::Fd open_socket(const sys::Netns& netns) {
  sys::Fd socket = netns.run([] {
    return sys::Fd(sys::check(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "open netlink socket"));
  });
  const int on = 1;
  sys::check(setsockopt(socket.get(), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on), "set NETLINK_EXT_ACK");
  sys::check(setsockopt(socket.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on), "set NETLINK_CAP_ACK");
  return socket;
}

int read_sentence(const nlattr* attribute, void* out) {
  if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG) *static_cast<std::string*>(out) = mnl_attr_get_str(attribute);
  return MNL_CB_OK;
}

void throw_on_error(const nlmsghdr* answer, const std::string& operation, const std::string& object) {
  const auto* error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(answer));
  if (error->error == 0) return;
  std::string sentence;
  if (answer->nlmsg_flags & NLM_F_ACK_TLVS) mnl_attr_parse(answer, sizeof(*error), read_sentence, &sentence);
  sys::throw_explained(KernelError(operation, object, "", -error->error, sentence));
}

int read_address(const nlattr* attribute, void* out) {
  if (mnl_attr_get_type(attribute) == IFLA_ADDRESS && mnl_attr_get_payload_len(attribute) == 6)
    std::memcpy(static_cast<Device*>(out)->mac.data(), mnl_attr_get_payload(attribute), 6);
  return MNL_CB_OK;
}

Device parse_link(const nlmsghdr* answer) {
  const auto* info = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(answer));
  Device device{info->ifi_index, info->ifi_type == ARPHRD_ETHER, has_carrier(info->ifi_flags), {}};
  mnl_attr_parse(answer, sizeof(*info), read_address, &device);
  return device;
}

tcmsg* put_filter_header(nlmsghdr* message, int index, const Program& program, std::uint32_t handle) {
  auto* tc = static_cast<tcmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(tcmsg)));
  tc->tcm_family = AF_UNSPEC;
  tc->tcm_ifindex = index;
  tc->tcm_handle = handle;
  tc->tcm_parent = TC_H_MAKE(TC_H_CLSACT, program.hook == Hook::kIngress ? TC_H_MIN_INGRESS : TC_H_MIN_EGRESS);
  tc->tcm_info = TC_H_MAKE(static_cast<std::uint32_t>(program.priority) << 16, htons(ETH_P_ALL));
  mnl_attr_put_strz(message, TCA_KIND, "bpf");
  return tc;
}

void add_filter(Tc& tc, int index, const Program& program, std::uint32_t slot, const std::string& interface) {
  Buffer buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = RTM_NEWTFILTER;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
  put_filter_header(message, index, program, slot);
  nlattr* options = mnl_attr_nest_start(message, TCA_OPTIONS);
  mnl_attr_put_u32(message, TCA_BPF_CLASSID, slot);
  mnl_attr_put_u32(message, TCA_BPF_FD, static_cast<std::uint32_t>(program.fd));
  mnl_attr_put_strz(message, TCA_BPF_NAME, program.name);
  mnl_attr_put_u32(message, TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
  mnl_attr_nest_end(message, options);
  tc.send(message, "attach eBPF program " + std::string(program.name), interface);
}

std::mutex slots_mutex;
std::set<std::uint32_t> slots_taken;

}  // namespace

bool has_carrier(unsigned flags) { return (flags & IFF_UP) && (flags & IFF_LOWER_UP); }

std::shared_ptr<Tc> Tc::of(const sys::Netns& netns) {
  static Registry<std::uint64_t, Tc> known;
  return known.find_or_make(netns.id(), [&] { return std::make_shared<Tc>(netns); });
}

Tc::Tc(const sys::Netns& netns) : id_(netns.id()), socket_(open_socket(netns)), netlink_(netns) {}

void Tc::commit(const kernel::Batch& batch) {
  std::lock_guard lock(mutex_);
  netlink_.commit(batch);
}

void Tc::send(nlmsghdr* message, const std::string& operation, const std::string& object) {
  std::lock_guard lock(mutex_);
  message->nlmsg_seq = ++sequence_;
  message->nlmsg_flags |= NLM_F_ACK;
  sys::check(static_cast<int>(::send(socket_.get(), message, message->nlmsg_len, 0)), operation, object);
  Buffer buffer;
  for (;;) {
    int left = sys::check(static_cast<int>(recv(socket_.get(), buffer.data(), buffer.size(), 0)), operation, object);
    for (auto* answer = reinterpret_cast<nlmsghdr*>(buffer.data()); mnl_nlmsg_ok(answer, left);
         answer = mnl_nlmsg_next(answer, &left)) {
      if (answer->nlmsg_type != NLMSG_ERROR || answer->nlmsg_seq != sequence_) continue;
      return throw_on_error(answer, operation, object);
    }
  }
}

Device Tc::read_link(nlmsghdr* message, const std::string& object) {
  std::lock_guard lock(mutex_);
  message->nlmsg_type = RTM_GETLINK;
  message->nlmsg_flags = NLM_F_REQUEST;
  message->nlmsg_seq = ++sequence_;
  sys::check(static_cast<int>(::send(socket_.get(), message, message->nlmsg_len, 0)), "read link", object);
  Buffer buffer{};
  const auto* answer = reinterpret_cast<const nlmsghdr*>(buffer.data());
  do sys::check(static_cast<int>(recv(socket_.get(), buffer.data(), buffer.size(), 0)), "read link", object);
  while (answer->nlmsg_seq != sequence_);
  if (answer->nlmsg_type == NLMSG_ERROR) throw_on_error(answer, "read link", object);
  return parse_link(answer);
}

Device Tc::device(const std::string& interface) {
  Buffer buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg));
  mnl_attr_put_strz(message, IFLA_IFNAME, interface.c_str());
  return read_link(message, interface);
}

Device Tc::device(int index) {
  Buffer buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg)))->ifi_index = index;
  return read_link(message, "interface " + std::to_string(index));
}

void Tc::set_noqueue(const std::string& interface) {
  Buffer buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = RTM_NEWQDISC;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE;
  auto* tc = static_cast<tcmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(tcmsg)));
  tc->tcm_ifindex = device(interface).index;
  tc->tcm_parent = TC_H_ROOT;
  mnl_attr_put_strz(message, TCA_KIND, "noqueue");
  send(message, "set qdisc noqueue", interface);
}

void Tc::set_up(int index, bool up) {
  Buffer buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = RTM_NEWLINK;
  message->nlmsg_flags = NLM_F_REQUEST;
  auto* info = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg)));
  info->ifi_index = index;
  info->ifi_change = IFF_UP;
  info->ifi_flags = up ? IFF_UP : 0;
  send(message, up ? "set up" : "set down", "interface " + std::to_string(index));
}

Slot::Slot() {
  // Round robin, so that a frame under way in another processor does not meet a slot that was given away just now.
  static std::uint32_t next = 0;
  std::lock_guard lock(slots_mutex);
  if (slots_taken.size() >= 0xffe0) throw HostError("a free class id for eBPF filters", "take faults away first");
  do next = next % 0xffef + 1;
  while (!slots_taken.insert(next).second);
  id_ = next;
}

Slot::~Slot() {
  std::lock_guard lock(slots_mutex);
  slots_taken.erase(id_);
}

Attachment::Attachment(std::shared_ptr<Tc> tc, const std::string& interface, const Program& program, std::uint32_t slot)
    : tc_(std::move(tc)), index_(tc_->device(interface).index), slot_(slot), program_(program) {
  tc_->commit({kernel::clsact_add(interface).tolerate(EEXIST)});
  add_filter(*tc_, index_, program_, slot_, interface);
}

Attachment::~Attachment() {
  if (!tc_) return;
  Buffer buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = RTM_DELTFILTER;
  message->nlmsg_flags = NLM_F_REQUEST;
  put_filter_header(message, index_, program_, slot_);
  try {
    tc_->send(message, "detach eBPF program", program_.name);
  } catch (const Error&) {
    // The interface, and the filter with it, has gone already.
  }
}

void disable_ipv6(const sys::Netns& netns, const std::string& interface) {
  try {
    kernel::set_sysctls(netns, "", {{"net/ipv6/conf/" + interface + "/disable_ipv6", "1"}});
  } catch (const KernelError& error) {
    if (error.error_number() != ENOENT) throw;
  }
}

void silence_libbpf() { libbpf_set_print(nullptr); }

MapEntry::MapEntry(std::string key, std::shared_ptr<void> keeper, int map, const void* value, const std::string& object)
    : keeper_(std::move(keeper)), map_(map), key_(std::move(key)) {
  sys::check(bpf_map_update_elem(map_, key_.data(), value, BPF_NOEXIST), "write eBPF map", object);
}

MapEntry::~MapEntry() {
  if (keeper_) bpf_map_delete_elem(map_, key_.data());
}

}  // namespace xconn::datapath
