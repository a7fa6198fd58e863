// SPDX-License-Identifier: Apache-2.0
#include "nodes/load-balancer/daemon/steering.hh"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <list>
#include <optional>

#include "base/errors.hh"
#include "nodes/load-balancer/daemon/lb_program.hh"
#include "sys/clock.hh"
#include "sys/netns.hh"

namespace xconn::lb {

namespace {

constexpr std::uint32_t kPriority = 60;  // behind everything that the lab itself hangs on an interface
constexpr Duration kClosing = std::chrono::seconds(15);

struct Destroy {
  void operator()(lb_bpf* program) const { lb_bpf::destroy(program); }
};

int quiet(enum libbpf_print_level, const char*, va_list) { return 0; }

void check(int result, const std::string& operation, const std::string& object) {
  if (result < 0) throw KernelError(operation, object, "", -result);
}

lb_control control_of(const Config& config) {
  lb_control control{};
  // Two balancers of the same backends choose each for itself: only one of them keeps the directions of a flow
  // together.
  control.seed = 0x58434f4e ^ config.frontend.v4_value();
  control.idle_timeout = static_cast<__u64>(config.idle_timeout.count());
  control.frontend = htonl(config.frontend.v4_value());
  control.drop_rest = !config.is_public;
  for (const auto& rule : config.rules) {
    if (rule.ha_ports) {
      control.transit = 1;
      control.to_frontend |= rule.floating_ip;
    } else if (rule.floating_ip || !config.is_public) {
      control.rules[control.rule_count++] = {htons(rule.port), htons(rule.backend_port), rule.protocol,
                                             !rule.floating_ip};
    }
  }
  return control;
}

lb_backend abi_of(const NextDevice& way) {
  lb_backend backend{};
  backend.interface = static_cast<__u32>(way.index);
  std::copy(way.far_mac.bytes().begin(), way.far_mac.bytes().end(), backend.far_mac);
  std::copy(way.near_mac.bytes().begin(), way.near_mac.bytes().end(), backend.near_mac);
  return backend;
}

/// A program at the ingress of an interface of the namespace that the thread is in; gone with this object. Balancers of
/// one backend sit side by side: each has a handle of its own, the same after a crash.
class Hook {
 public:
  Hook(std::string interface, const bpf_program* program, std::uint32_t handle)
      : interface_(std::move(interface)), handle_(handle) {
    hook_.sz = sizeof hook_;
    hook_.ifindex = static_cast<int>(if_nametoindex(interface_.c_str()));
    if (hook_.ifindex == 0) throw KernelError("attach load balancer", interface_, "", ENODEV);
    hook_.attach_point = BPF_TC_INGRESS;
    if (const int made = bpf_tc_hook_create(&hook_); made != -EEXIST) check(made, "add clsact", interface_);
    bpf_tc_opts filter = options();
    filter.prog_fd = bpf_program__fd(program);
    filter.flags = BPF_TC_F_REPLACE;
    check(bpf_tc_attach(&hook_, &filter), "attach load balancer", interface_);
  }
  ~Hook() {
    bpf_tc_opts filter = options();
    bpf_tc_detach(&hook_, &filter);
  }
  Hook(const Hook&) = delete;
  Hook& operator=(const Hook&) = delete;

 private:
  bpf_tc_opts options() const {
    bpf_tc_opts filter{};
    filter.sz = sizeof filter;
    filter.handle = handle_;
    filter.priority = kPriority;
    return filter;
  }

  std::string interface_;
  std::uint32_t handle_;
  bpf_tc_hook hook_{};
};

bool translates(const Config& config) {
  return !config.is_public &&
         std::ranges::any_of(config.rules, [](const Rule& rule) { return !rule.ha_ports && !rule.floating_ip; });
}

}  // namespace

std::uint64_t& count_of(FlowCounts& counts, std::uint8_t protocol) {
  if (protocol == IPPROTO_TCP) return counts.tcp;
  if (protocol == IPPROTO_UDP) return counts.udp;
  return counts.other;
}

struct Steering::State {
  explicit State(const Config& config)
      : interface(config.is_public ? config.internet_interface : config.front_interface),
        backends(config.backends.size()),
        idle_timeout(config.idle_timeout) {
    libbpf_set_print(quiet);
    program.reset(lb_bpf::open_and_load());
    if (!program) throw KernelError("load eBPF program", "lb", "", errno, "bpf(2) needs root and CONFIG_BPF_SYSCALL");
  }
  void attach(const Config& config, const sys::Netns& fabric) {
    front.emplace(interface, program->progs.balance, 1);
    if (!translates(config)) return;
    const auto handle = config.frontend.v4_value();
    fabric.run([&] {
      for (const auto& backend : config.backends)
        answers.emplace_back(backend.fabric_interface, program->progs.answer, handle);
    });
  }
  void detach(const sys::Netns& fabric) {
    fabric.run([&] { answers.clear(); });
    front.reset();
  }

  /// Calls with each flow, and whether it has timed out.
  template <class Visit>
  void each_flow(Visit visit) const {
    const int map = bpf_map__fd(program->maps.flows);
    const auto now = static_cast<std::uint64_t>(sys::now().count());
    lb_flow_key key{}, next{};
    lb_flow flow{};
    const lb_flow_key* before = nullptr;
    for (int n = 0; n < LB_MAX_FLOWS && bpf_map_get_next_key(map, before, &next) == 0; ++n) {
      key = next;
      before = &key;
      if (bpf_map_lookup_elem(map, &key, &flow) != 0 || flow.backend >= backends) continue;
      const auto patience = static_cast<std::uint64_t>((flow.closing ? kClosing : idle_timeout).count());
      visit(key, flow, now > flow.seen && now - flow.seen > patience);
    }
  }

  std::unique_ptr<lb_bpf, Destroy> program;
  std::string interface;
  std::size_t backends;
  Duration idle_timeout;
  std::optional<Hook> front;
  std::list<Hook> answers;  // in the fabric, where those of translated flows come from the backends
};

Steering::Steering(const Config& config, const std::vector<NextDevice>& ways, const sys::Netns& fabric)
    : state_(std::make_unique<State>(config)), fabric_(fabric) {
  const lb_control control = control_of(config);
  std::memcpy(&state_->program->bss->control, &control, sizeof control);
  for (std::size_t n = 0; n < ways.size(); ++n) {
    state_->program->bss->control.backends[n].address = htonl(config.backends[n].address.v4_value());
    set_way(n, ways[n]);
  }
  state_->attach(config, fabric_);
}

Steering::~Steering() {
  try {
    state_->detach(fabric_);
  } catch (const KernelError&) {
    // the fabric has gone, and its programs with it
  }
}

void Steering::set_healthy(std::size_t backend, bool healthy) {
  std::atomic_ref<__u32> mask(state_->program->bss->control.healthy);
  const __u32 bit = 1U << backend;
  if (healthy) {
    mask.fetch_or(bit);
  } else {
    mask.fetch_and(~bit);
  }
}

void Steering::set_way(std::size_t backend, const NextDevice& way) {
  auto& there = state_->program->bss->control.backends[backend];
  lb_backend abi = abi_of(way);
  abi.address = there.address;
  std::memcpy(&there, &abi, sizeof abi);
}

Traffic Steering::traffic(std::size_t backend) const {
  const auto& counters = state_->program->bss->counters[backend];
  return {counters.packets, counters.bytes, counters.new_flows, counters.repinned};
}

Drops Steering::drops() const {
  const auto& drops = state_->program->bss->drops;
  return {drops.no_backend, drops.unmatched};
}

std::vector<FlowCounts> Steering::flows() const {
  std::vector<FlowCounts> result(state_->backends);
  state_->each_flow([&](const lb_flow_key& key, const lb_flow& flow, bool is_over) {
    if (!is_over) ++count_of(result[flow.backend], key.protocol);
  });
  return result;
}

std::vector<IdleFlow> Steering::forget_idle() {
  std::vector<lb_flow_key> over;
  std::vector<IdleFlow> idle;
  state_->each_flow([&](const lb_flow_key& key, const lb_flow& flow, bool is_over) {
    if (!is_over || key.protocol != IPPROTO_TCP) return;
    over.push_back(key);
    if (!flow.closing && flow.last.source != 0) idle.push_back({flow.backend, flow.last});
  });
  for (const auto& key : over) bpf_map_delete_elem(bpf_map__fd(state_->program->maps.flows), &key);
  return idle;
}

bool needs_steering(const Config& config) {
  return std::any_of(config.rules.begin(), config.rules.end(),
                     [&](const Rule& rule) { return rule.ha_ports || rule.floating_ip || !config.is_public; });
}

}  // namespace xconn::lb
