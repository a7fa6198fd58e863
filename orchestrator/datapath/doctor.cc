#include "datapath/doctor.hh"

#include <unistd.h>

#include <functional>

#include "base/errors.hh"
#include "datapath/doctor_programs.hh"
#include "datapath/filter.hh"
#include "datapath/rate.hh"
#include "datapath/trial.hh"
#include "datapath/wire.hh"
#include "kernel/netlink.hh"

namespace xconn::datapath {
namespace {

constexpr const char* kLibipsec = "/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so";

using Attempt = std::function<void(const Trial&)>;

struct Driver {
  std::string name;  ///< empty: there is none
  Attempt attempt;
};

/// Who of the two makes it in a lab.
enum class Use { kEither, kPortableOnly };

/// A kernel feature: its own driver, the portable one, and what would make the one that labs like best work.
struct Row {
  std::string name;
  Driver kernel, portable;
  std::string remedy;
  Use use = Use::kEither;
};

void make_portable_vlan(const Trial& trial, std::vector<Tag> tags) {
  Vlan made(trial.netns(), {.name = "trial", .parent = "a", .tags = std::move(tags), .mac = {}, .mtu = 1500},
            VlanDriver::kPortable);
}

void make_kernel_vlan(const Trial& trial) {
  Vlan made(trial.netns(), {.name = "trial", .parent = "a", .tags = {{.id = 28}}, .mac = {}, .mtu = 1500},
            VlanDriver::kKernel);
}

void make_wire(const Trial& trial) { Wire made(trial.netns(), "a", {.delay = std::chrono::milliseconds(1)}); }

void make_filter(const Trial& trial) { Filter made(trial.netns(), "a", {.loss = 0.5}); }

void make_rate(const Trial& trial) { Rate made(trial.netns(), "a", 1'000'000); }

void make_xfrm(const Trial& trial) {
  trial.add_esp_state();
  trial.add_xfrm_interface();
}

void find_libipsec(const Trial& trial) {
  if (missing_file({kLibipsec})) throw HostError(kLibipsec, "apt-get install libcharon-extra-plugins");
  trial.open_tun();
}

// Every one of these that is portable means: the kernel's module is absent. Debian and Ubuntu ship some of them in a
// package of their own (linux-modules-extra), which is what their users need.
const std::vector<Row>& rows() {
  static const std::vector<Row> table = {
      {"vlan",
       {"vlan device", make_kernel_vlan},
       {"tc eBPF", [](const Trial& t) { make_portable_vlan(t, {{.id = 28}}); }},
       "modprobe 8021q"},
      {"qinq",
       {"stacked vlan devices", [](const Trial& t) { t.add_stacked_vlan(); }},
       {"tc eBPF",
        [](const Trial& t) {
          make_portable_vlan(t, {{.id = 100, .ethertype = 0x88a8}, {.id = 28}});
        }},
       "modprobe 8021q"},
      {"delay",
       {"netem", [](const Trial& t) { t.add_netem(); }},
       {"user-space wire", make_wire},
       "a kernel with CONFIG_NET_CLS_BPF and CONFIG_BPF_SYSCALL, and root",
       Use::kPortableOnly},
      {"loss", {"tc eBPF", make_filter}, {}, "a kernel with CONFIG_NET_CLS_BPF and CONFIG_BPF_SYSCALL, and root"},
      {"rate", {"tbf", make_rate}, {}, "modprobe sch_tbf"},
      {"ipsec",
       {"XFRM interface", make_xfrm},
       {"kernel-libipsec", find_libipsec},
       "apt-get install libcharon-extra-plugins; modprobe tun",
       Use::kPortableOnly},
      {"vrf",
       {"vrf device", [](const Trial& t) { t.add_vrf(); }},
       {"a namespace for each VRF", [](const Trial&) {}},
       "network namespaces, and root",
       Use::kPortableOnly},
      {"nftables",
       {"nf_tables", [](const Trial& t) { t.load_ruleset(); }},
       {},
       "apt-get install nftables; modprobe -a nf_tables nft_ct nft_nat nft_hash nft_numgen nft_fib_ipv4"},
      {"tun", {"tun", [](const Trial& t) { t.open_tun(); }}, {}, "modprobe tun; in a container: --device /dev/net/tun"},
  };
  return table;
}

// The kernel's own driver is tried too, and only told of.
Feature examine_portable(const Row& row, const Trial& trial) {
  if (const auto refused = Trial::attempt([&] { row.portable.attempt(trial); }))
    return {row.name, State::kMissing, "", *refused, row.remedy};
  const bool has = !Trial::attempt([&] { row.kernel.attempt(trial); });
  return {row.name, State::kPortable, row.portable.name,
          "tried; no lab uses " + row.kernel.name + (has ? ", which works here" : ""), ""};
}

Feature examine(const Row& row, const Trial& trial) {
  if (row.use == Use::kPortableOnly) return examine_portable(row, trial);
  const auto refused = Trial::attempt([&] { row.kernel.attempt(trial); });
  if (!refused) return {row.name, State::kOk, row.kernel.name, "tried", ""};
  if (row.portable.name.empty()) return {row.name, State::kMissing, "", *refused, row.remedy};
  const auto both = Trial::attempt([&] { row.portable.attempt(trial); });
  if (!both) return {row.name, State::kPortable, row.portable.name, *refused, row.remedy};
  return {row.name, State::kMissing, "", *refused + "; " + row.portable.name + ": " + *both, row.remedy};
}

Feature examine(const ProgramRow& row) {
  const auto missing = missing_file(row.files);
  if (missing) return {row.name, State::kMissing, "", *missing + " is not there", "apt-get install " + row.package};
  if (const auto problem = unknown_release(row)) return {row.name, State::kMissing, "", *problem, row.releases->remedy};
  return {row.name, State::kOk, row.files.front(), "found", ""};
}

void require_root() {
  if (geteuid() != 0) throw HostError("eBPF and network namespaces need root (CAP_SYS_ADMIN)", "sudo xconn ...");
}

}  // namespace

const char* to_string(State state) {
  constexpr const char* kNames[] = {"ok", "portable", "missing"};
  return kNames[static_cast<int>(state)];
}

std::vector<std::string> feature_names() {
  std::vector<std::string> names;
  for (const Row& row : rows()) names.push_back(row.name);
  for (const ProgramRow& row : programs()) names.push_back(row.name);
  return names;
}

Feature examine(std::string_view name) {
  for (const ProgramRow& row : programs())
    if (row.name == name) return examine(row);
  for (const Row& row : rows())
    if (row.name == name) {
      require_root();
      return examine(row, Trial());
    }
  throw NotFoundError("no feature of that name: " + std::string(name));
}

std::vector<Feature> doctor() {
  require_root();
  const Trial trial;
  std::vector<Feature> report;
  for (const Row& row : rows()) report.push_back(examine(row, trial));
  for (const ProgramRow& row : programs()) report.push_back(examine(row));
  return report;
}

VlanDriver choose_vlan(Choice choice) {
  const Trial trial;
  const auto kernel = Trial::attempt([&] { make_kernel_vlan(trial); });
  if (!kernel && choice != Choice::kPortable) return VlanDriver::kKernel;
  if (choice == Choice::kKernel) throw HostError("vlan devices (" + *kernel + ")", "modprobe 8021q");
  const auto portable = Trial::attempt([&] { make_portable_vlan(trial, {{.id = 28}}); });
  if (portable)
    throw HostError("vlan sub-interfaces (" + *portable + ")", "a kernel with CONFIG_NET_CLS_BPF, and root");
  return VlanDriver::kPortable;
}

}  // namespace xconn::datapath
