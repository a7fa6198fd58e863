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

#include "base/errors.hh"
#include "nodes/load-balancer/daemon/lb_program.hh"
#include "sys/clock.hh"

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
  control.seed = 0x58434f4e;
  control.idle_timeout = static_cast<__u64>(config.idle_timeout.count());
  control.frontend = htonl(config.frontend.v4_value());
  control.drop_rest = !config.is_public;
  for (const auto& rule : config.rules) {
    if (rule.ha_ports) {
      control.transit = 1;
      control.to_frontend |= rule.floating_ip;
    } else if (rule.floating_ip) {
      control.rules[control.rule_count++] = {htons(rule.port), rule.protocol, 0};
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

std::uint64_t& count_of(FlowCounts& counts, std::uint8_t protocol) {
  if (protocol == IPPROTO_TCP) return counts.tcp;
  if (protocol == IPPROTO_UDP) return counts.udp;
  return counts.other;
}

}  // namespace

struct Steering::State {
  explicit State(const Config& config)
      : interface(config.is_public ? config.internet_interface : config.front_interface),
        backends(config.backends.size()),
        idle_timeout(config.idle_timeout) {
    libbpf_set_print(quiet);
    program.reset(lb_bpf::open_and_load());
    if (!program) throw KernelError("load eBPF program", "lb", "", errno, "bpf(2) needs root and CONFIG_BPF_SYSCALL");
  }
  ~State() {
    if (!attached) return;
    bpf_tc_opts filter = options(false);
    bpf_tc_detach(&hook, &filter);
  }

  bpf_tc_opts options(bool with_program) const {
    bpf_tc_opts filter{};
    filter.sz = sizeof filter;
    filter.handle = 1;
    filter.priority = kPriority;
    if (with_program) {
      filter.prog_fd = bpf_program__fd(program->progs.balance);
      filter.flags = BPF_TC_F_REPLACE;
    }
    return filter;
  }
  void attach() {
    hook.sz = sizeof hook;
    hook.ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
    if (hook.ifindex == 0) throw KernelError("attach load balancer", interface, "", ENODEV);
    hook.attach_point = BPF_TC_INGRESS;
    if (const int made = bpf_tc_hook_create(&hook); made != -EEXIST) check(made, "add clsact", interface);
    bpf_tc_opts filter = options(true);
    check(bpf_tc_attach(&hook, &filter), "attach load balancer", interface);
    attached = true;
  }

  std::unique_ptr<lb_bpf, Destroy> program;
  std::string interface;
  std::size_t backends;
  Duration idle_timeout;
  bpf_tc_hook hook{};
  bool attached = false;
};

Steering::Steering(const Config& config, const std::vector<NextDevice>& ways)
    : state_(std::make_unique<State>(config)) {
  const lb_control control = control_of(config);
  std::memcpy(&state_->program->bss->control, &control, sizeof control);
  for (std::size_t n = 0; n < ways.size(); ++n) set_way(n, ways[n]);
  state_->attach();
}

Steering::~Steering() = default;

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
  const lb_backend abi = abi_of(way);
  std::memcpy(&state_->program->bss->control.backends[backend], &abi, sizeof abi);
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
  const int map = bpf_map__fd(state_->program->maps.flows);
  const auto now = static_cast<std::uint64_t>(sys::now().count());
  lb_flow_key key{}, next{};
  lb_flow flow{};
  const lb_flow_key* before = nullptr;
  for (int n = 0; n < LB_MAX_FLOWS && bpf_map_get_next_key(map, before, &next) == 0; ++n) {
    key = next;
    before = &key;
    if (bpf_map_lookup_elem(map, &key, &flow) != 0 || flow.backend >= result.size()) continue;
    const auto patience = static_cast<std::uint64_t>((flow.closing ? kClosing : state_->idle_timeout).count());
    if (now > flow.seen && now - flow.seen > patience) continue;
    ++count_of(result[flow.backend], key.protocol);
  }
  return result;
}

bool needs_steering(const Config& config) {
  return std::any_of(config.rules.begin(), config.rules.end(),
                     [](const Rule& rule) { return rule.ha_ports || rule.floating_ip; });
}

}  // namespace xconn::lb
