// SPDX-License-Identifier: Apache-2.0
#include "datapath/trial.hh"

#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "datapath/tc.hh"
#include "sys/exhaustion.hh"
#include "sys/modules.hh"
#include "sys/privilege.hh"
#include "sys/process.hh"

namespace xconn::datapath {
namespace {

/// A netlink message that can be written attribute by attribute.
class Message {
 public:
  Message(std::uint16_t type, std::uint16_t flags) : header_(mnl_nlmsg_put_header(buffer_.data())) {
    header_->nlmsg_type = type;
    header_->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
  }
  template <typename Header>
  Header* extra() {
    return static_cast<Header*>(mnl_nlmsg_put_extra_header(header_, sizeof(Header)));
  }
  nlmsghdr* get() { return header_; }

 private:
  std::array<char, 4096> buffer_{};
  nlmsghdr* header_;
};

/// A new link of `kind`, with one 32-bit value of its own.
void add_link(const sys::Netns& netns, const std::string& kind, std::uint16_t attribute, std::uint32_t value) {
  Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  message.extra<ifinfomsg>();
  mnl_attr_put_strz(message.get(), IFLA_IFNAME, "trial");
  nlattr* info = mnl_attr_nest_start(message.get(), IFLA_LINKINFO);
  mnl_attr_put_strz(message.get(), IFLA_INFO_KIND, kind.c_str());
  nlattr* data = mnl_attr_nest_start(message.get(), IFLA_INFO_DATA);
  mnl_attr_put_u32(message.get(), attribute, value);
  mnl_attr_nest_end(message.get(), data);
  mnl_attr_nest_end(message.get(), info);
  const auto tc = Tc::of(netns);
  tc->send(message.get(), "add " + kind + " interface", "trial");
}

constexpr const char* kRuleset = R"(
table ip trial {
  set held { type ipv4_addr; flags interval; }
  chain forward {
    type filter hook forward priority 0; policy accept;
    ct state established,related accept
    meta mark set jhash ip saddr . ip daddr mod 4
    ct mark set meta mark
    meta mark set numgen inc mod 2
    fib daddr . iif type local drop
  }
  chain translate {
    type nat hook prerouting priority -100;
    udp dport 500 dnat to 192.0.2.1:500
  }
}
)";

}  // namespace

Trial::Trial() : netns_(sys::Netns::create()) {
  Tc::of(netns_)->commit({kernel::veth({.name = "a"}, {.name = "b"}), kernel::link_set("a", {.up = true}),
                          kernel::link_set("b", {.up = true})});
}

std::optional<Refusal> Trial::attempt(const Attempt& action) {
  return refusal_of([&] { action(Trial()); });
}

std::optional<Refusal> refusal_of(const std::function<void()>& action) {
  try {
    action();
    return std::nullopt;
  } catch (const HostError& error) {
    return Refusal{error.missing(), error.remedy()};
  } catch (const KernelError& error) {
    if (const auto lack = sys::exhausted(error)) return Refusal{lack->missing(), lack->remedy()};
    const std::string reason = std::strerror(error.error_number());
    const auto sentence = error.sentence().empty() ? "" : " (" + error.sentence() + ")";
    // a row knows best what seccomp refuses it; of AppArmor none knows
    const auto remedy = error.error_number() == EACCES ? sys::refusal_remedy(EACCES) : "";
    return Refusal{error.operation() + ": " + reason + sentence, remedy};
  } catch (const ServiceError& error) {
    return Refusal{error.last_log_lines().empty() ? error.status() : error.last_log_lines().front(), {}};
  } catch (const TimeoutError& error) {
    return Refusal{"did not answer in " + xconn::to_string(Duration{error.bound()}),
                   "the machine is too busy, or too slow: try again when it has less to do"};
  } catch (const Error& error) {
    return Refusal{error.what(), {}};
  }
}

void Trial::add_bridge() const { Tc::of(netns_)->commit(kernel::Batch{kernel::bridge("trial", {}, 1500)}); }

void Trial::add_stacked_vlan() const {
  const auto tc = Tc::of(netns_);
  tc->commit({kernel::vlan("trial", "a", {.id = 100, .ethertype = 0x88a8})});
  tc->commit({kernel::vlan("trial.28", "trial", {.id = 28})});
}

void Trial::add_netem() const {
  const auto tc = Tc::of(netns_);
  Message message(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE);
  auto* header = message.extra<tcmsg>();
  header->tcm_ifindex = tc->device("a").index;
  header->tcm_parent = TC_H_ROOT;
  mnl_attr_put_strz(message.get(), TCA_KIND, "netem");
  const tc_netem_qopt options{.latency = 1000, .limit = 1000, .loss = 0, .gap = 0, .duplicate = 0, .jitter = 0};
  mnl_attr_put(message.get(), TCA_OPTIONS, sizeof options, &options);
  tc->send(message.get(), "add qdisc netem", "a");
}

void Trial::add_xfrm_interface() const { add_link(netns_, "xfrm", IFLA_XFRM_IF_ID, 7); }

void Trial::add_vrf() const { add_link(netns_, "vrf", IFLA_VRF_TABLE, 100); }

// One outbound security association: ESP in tunnel mode, AES-GCM with a 128-bit ICV (RFC 4106).
void Trial::add_esp_state() const {
  sys::Fd socket = netns_.run([] {
    return sys::Fd(sys::check(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_XFRM), "open XFRM socket"));
  });
  Message message(XFRM_MSG_NEWSA, NLM_F_CREATE | NLM_F_EXCL);
  auto* state = message.extra<xfrm_usersa_info>();
  state->id.proto = IPPROTO_ESP;
  state->id.spi = htonl(0x1000);
  state->id.daddr.a4 = htonl(0xc0000202);
  state->saddr.a4 = htonl(0xc0000201);
  state->family = AF_INET;
  state->mode = XFRM_MODE_TUNNEL;
  state->lft.soft_byte_limit = state->lft.hard_byte_limit = XFRM_INF;
  state->lft.soft_packet_limit = state->lft.hard_packet_limit = XFRM_INF;
  constexpr std::size_t kKeyBytes = 36;  // AES-256 and 4 bytes of salt
  std::array<char, sizeof(xfrm_algo_aead) + kKeyBytes> bytes{};
  auto* aead = reinterpret_cast<xfrm_algo_aead*>(bytes.data());
  std::strcpy(aead->alg_name, "rfc4106(gcm(aes))");
  aead->alg_key_len = kKeyBytes * 8;
  aead->alg_icv_len = 128;
  mnl_attr_put(message.get(), XFRMA_ALG_AEAD, bytes.size(), bytes.data());
  const std::string what = "add ESP security association";
  sys::check(static_cast<int>(send(socket.get(), message.get(), message.get()->nlmsg_len, 0)), what);
  std::array<char, 4096> answer;
  sys::check(static_cast<int>(recv(socket.get(), answer.data(), answer.size(), 0)), what);
  const auto* error =
      reinterpret_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(reinterpret_cast<nlmsghdr*>(answer.data())));
  if (error->error) throw KernelError(what, "192.0.2.2", "", -error->error);
}

void Trial::open_tun() const {
  netns_.run([] {
    sys::Fd tun(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    if (!tun) sys::throw_explained(KernelError("open", "/dev/net/tun", "", errno));
    ifreq request{.ifr_ifrn = {.ifrn_name = "trial-tun"}, .ifr_ifru = {}};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    sys::check(ioctl(tun.get(), TUNSETIFF, &request), "make tun");
  });
}

void Trial::load_ruleset() const { sys::run_checked({"nft", "-f", "-"}, {.netns = netns_.fd(), .input = kRuleset}); }

}  // namespace xconn::datapath
