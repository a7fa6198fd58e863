// SPDX-License-Identifier: Apache-2.0
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
#include "sys/modules.hh"
#include "sys/privilege.hh"
#include "sys/view.hh"

namespace xconn::datapath {
namespace {

constexpr const char* kNeedsBpf = "a kernel with CONFIG_BPF_SYSCALL and CONFIG_NET_CLS_BPF, and root";
constexpr const char* kPrivileges = "capabilities";
constexpr const char* kLibipsec = "/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so";

using Attempt = Trial::Attempt;

struct Driver {
  std::string name;  ///< empty: there is none
  Attempt attempt;
};

/// Who of the two makes it in a lab.
enum class Use { kEither, kPortableOnly };

/// A kernel feature: its own driver, the portable one, and what would make the one that labs like best work.
struct FeatureRow {
  std::string name;
  Driver kernel, portable;
  std::string remedy;
  Use use = Use::kEither;
};

void make_portable_vlan(const Trial& trial, std::vector<Tag> tags) {
  Vlan made(trial.netns(), {.name = "trial", .parent = "a", .tags = std::move(tags), .mac = {}, .mtu = 1500},
            VlanDriver::kPortable);
}

void make_plain_portable_vlan(const Trial& trial) { make_portable_vlan(trial, {{.id = 28}}); }

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
const std::vector<FeatureRow>& rows() {
  static const std::vector<FeatureRow> table = {
      {"mounts",
       {"of a world's own", [](const Trial&) { sys::try_to_leave_mounts(); }},
       {},
       "mount namespaces, and root"},
      {"veth", {"veth pair", [](const Trial&) {}}, {}, sys::module_remedy("veth")},
      {"bridge", {"bridge", [](const Trial& t) { t.add_bridge(); }}, {}, sys::module_remedy("bridge")},
      {"vlan", {"vlan device", make_kernel_vlan}, {"tc eBPF", make_plain_portable_vlan}, sys::module_remedy("vlan")},
      {"qinq",
       {"stacked vlan devices", [](const Trial& t) { t.add_stacked_vlan(); }},
       {"tc eBPF",
        [](const Trial& t) {
          make_portable_vlan(t, {{.id = 100, .ethertype = 0x88a8}, {.id = 28}});
        }},
       sys::module_remedy("vlan")},
      {"delay",
       {"netem", [](const Trial& t) { t.add_netem(); }},
       {"user-space wire", make_wire},
       kNeedsBpf,
       Use::kPortableOnly},
      {"loss", {"tc eBPF", make_filter}, {}, kNeedsBpf},
      {"rate", {"tbf", make_rate}, {}, sys::module_remedy("tbf")},
      {"ipsec",
       {"XFRM interface", make_xfrm},
       {"kernel-libipsec", find_libipsec},
       "apt-get install libcharon-extra-plugins",
       Use::kPortableOnly},
      {"vrf",
       {"vrf device", [](const Trial& t) { t.add_vrf(); }},
       {"a namespace for each VRF", [](const Trial&) {}},
       "network namespaces, and root",
       Use::kPortableOnly},
      {"confinement",
       {"read-only files", [](const Trial&) { (void)sys::make_view({"/var/tmp"}); }},
       {"none", [](const Trial&) {}},
       "mount_setattr in the container's seccomp profile"},
      {"nftables",
       {"nf_tables", [](const Trial& t) { t.load_ruleset(); }},
       {},
       "apt-get install nftables; " + sys::module_remedy("nftables")},
      {"tun", {"tun", [](const Trial& t) { t.open_tun(); }}, {}, sys::tun_remedy()},
  };
  return table;
}

Feature missing(const std::string& name, const Refusal& refusal, const std::string& otherwise) {
  return {name, State::kMissing, "", refusal.reason, refusal.remedy.empty() ? otherwise : refusal.remedy};
}

Feature missing(const FeatureRow& row, const Refusal& refusal) { return missing(row.name, refusal, row.remedy); }

// The kernel's own driver is tried too, and only told of.
Feature examine_portable(const FeatureRow& row) {
  if (const auto refused = Trial::attempt(row.portable.attempt)) return missing(row, *refused);
  const bool has = !Trial::attempt(row.kernel.attempt);
  return {row.name, State::kPortable, row.portable.name,
          "tried; no lab uses " + row.kernel.name + (has ? ", which works here" : ""), ""};
}

Feature examine(const FeatureRow& row) {
  if (row.use == Use::kPortableOnly) return examine_portable(row);
  const auto refused = Trial::attempt(row.kernel.attempt);
  if (!refused) return {row.name, State::kOk, row.kernel.name, "tried", ""};
  if (row.portable.name.empty()) return missing(row, *refused);
  const auto both = Trial::attempt(row.portable.attempt);
  if (!both) return {row.name, State::kPortable, row.portable.name, refused->reason, row.remedy};
  return missing(row, {refused->reason + "; " + row.portable.name + ": " + both->reason, both->remedy});
}

Feature examine(const ProgramRow& row) {
  const auto package = "apt-get install " + row.package;
  if (const auto absent = missing_file(row.files)) return missing(row.name, {*absent + " is not there", {}}, package);
  std::optional<std::string> problem;
  if (const auto refused = refusal_of([&] { problem = unknown_release(row); }))
    return missing(row.name, {row.files.front() + " --version: " + refused->reason, refused->remedy}, package);
  if (problem) return missing(row.name, {*problem, row.releases->remedy}, package);
  return {row.name, State::kOk, row.files.front(), "found", ""};
}

/// Without them nothing else can be tried.
Feature examine_privileges() {
  if (const auto refused = refusal_of([] { sys::demand_privileges(); }))
    return {kPrivileges, State::kMissing, "", refused->reason, refused->remedy};
  return {kPrivileges, State::kOk, "of root", "found", ""};
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
  std::vector<std::string> names{kPrivileges};
  for (const FeatureRow& row : rows()) names.push_back(row.name);
  for (const ProgramRow& row : programs()) names.push_back(row.name);
  return names;
}

Feature examine(std::string_view name) {
  if (name == kPrivileges) return examine_privileges();
  for (const ProgramRow& row : programs())
    if (row.name == name) return examine(row);
  for (const FeatureRow& row : rows())
    if (row.name == name) {
      require_root();
      return examine(row);
    }
  throw NotFoundError("no feature of that name: " + std::string(name));
}

std::vector<Feature> doctor() {
  require_root();
  std::vector<Feature> report{examine_privileges()};
  if (report.front().state == State::kOk)
    for (const FeatureRow& row : rows()) report.push_back(examine(row));
  for (const ProgramRow& row : programs()) report.push_back(examine(row));
  return report;
}

VlanDriver choose_vlan(Choice choice) {
  const auto kernel = Trial::attempt(make_kernel_vlan);
  if (!kernel && choice != Choice::kPortable) return VlanDriver::kKernel;
  if (choice == Choice::kKernel)
    throw HostError("vlan devices (" + kernel->reason + ")",
                    kernel->remedy.empty() ? sys::module_remedy("vlan") : kernel->remedy);
  if (const auto portable = Trial::attempt(make_plain_portable_vlan))
    throw HostError("vlan sub-interfaces (" + portable->reason + ")",
                    portable->remedy.empty() ? kNeedsBpf : portable->remedy);
  return VlanDriver::kPortable;
}

}  // namespace xconn::datapath
