// SPDX-License-Identifier: Apache-2.0
#include "sys/confine.hh"

#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "sys/confinement.hh"

namespace xconn::sys {
namespace {

std::optional<Fd> the_view;

constexpr Capabilities bit(int number) { return Capabilities{1} << number; }

struct Sets {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
};

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "the audit architecture (linux/audit.h) of this machine belongs here"
#endif

/// What CAP_SYS_ADMIN would let a program undo its view with.
constexpr std::array kRefused{SYS_mount,  SYS_umount2, SYS_move_mount, SYS_mount_setattr, SYS_open_tree,
                              SYS_fsopen, SYS_fspick,  SYS_fsmount,    SYS_fsconfig,      SYS_pivot_root,
                              SYS_swapon, SYS_swapoff, SYS_quotactl,   SYS_ptrace};
/// What a user without it does not need, and could try the kernel with.
constexpr std::array kRefusedToUsers{SYS_setns,  SYS_unshare, SYS_bpf,        SYS_perf_event_open,
                                     SYS_keyctl, SYS_add_key, SYS_request_key};

/// Calls of another architecture's numbers and those that are `refused` are EPERM.
template <typename Call, std::size_t kCount>
constexpr auto make_filter(const std::array<Call, kCount>& refused) {
  std::array<sock_filter, kCount + 6> out{};
  std::size_t at = 0;
  const auto add = [&](std::uint16_t code, std::uint32_t value, std::size_t if_true, std::size_t if_false) {
    out[at++] = {code, static_cast<std::uint8_t>(if_true), static_cast<std::uint8_t>(if_false), value};
  };
  constexpr std::size_t kRefuse = kCount + 5;  // the last instruction; jumps count from the next one
  add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch), 0, 0);
  add(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 0, kRefuse - at - 1);
  add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr), 0, 0);
  add(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, kRefuse - at - 1, 0);  // x32's
  for (const auto call : refused) add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), kRefuse - at - 1, 0);
  add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
  add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM, 0, 0);
  return out;
}

auto the_filter = make_filter(kRefused);
auto the_filter_of_users = make_filter(kRefusedToUsers);

template <typename Filter>
bool refuse_calls(Filter& filter) {
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  const auto result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program);
  return result == 0 || errno == ENOSYS || errno == EINVAL;  // a kernel without it
}

template <typename Step>
void for_each_capability(const Step& step) {
  for (int number = 0; ::prctl(PR_CAPBSET_READ, number) >= 0; ++number) step(number);
}

void change_user(const User& user) {
  check(::setgroups(user.groups.size(), user.groups.data()), "set groups of", user.name);
  check(::setresgid(user.gid, user.gid, user.gid), "set group of", user.name);
  check(::setresuid(user.uid, user.uid, user.uid), "become user", user.name);
}

/// Across exec too, for a user who is not root.
void hold_exactly(Capabilities kept) {
  Sets sets;
  for (unsigned half = 0; half < _LINUX_CAPABILITY_U32S_3; ++half) {
    auto& data = sets.data[half];
    data.effective = data.permitted = data.inheritable = static_cast<std::uint32_t>(kept >> 32 * half);
  }
  check(static_cast<int>(::syscall(SYS_capset, &sets.header, sets.data)), "set capabilities");
  for_each_capability([&](int number) {
    if ((kept & bit(number)) != 0)
      check(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0), "keep capability");
  });
}

/// Where we have CAP_SYS_ADMIN in the stead of what was split off it later, so has the child.
Capabilities as_we_have_them(Capabilities wanted, const Sets& own) {
  const auto ours = own.data[0].permitted | Capabilities{own.data[1].permitted} << 32;
  const auto split = bit(CAP_BPF) | bit(CAP_PERFMON);
  return (wanted & split & ~ours) != 0 ? wanted | bit(CAP_SYS_ADMIN) : wanted;
}

}  // namespace

Capabilities capabilities(std::initializer_list<int> numbers) {
  Capabilities all = 0;
  for (const int number : numbers) all |= bit(number);
  return all;
}

void confine_children(Fd view) { the_view = std::move(view); }

const Fd* children_view() { return the_view ? &*the_view : nullptr; }

bool give_up_all_but(Capabilities wanted) {
  Sets own;
  if (::syscall(SYS_capget, &own.header, own.data) != 0) return false;
  const auto kept = as_we_have_them(wanted, own);
  // What a program of root's holds after exec is the bounding set and what is inheritable.
  for (int number = 0; ::prctl(PR_CAPBSET_READ, number) >= 0; ++number)
    if ((kept & bit(number)) == 0 && ::prctl(PR_CAPBSET_DROP, number) != 0 && errno != EPERM) return false;
  for (auto& set : own.data) set.inheritable = 0;
  if (::syscall(SYS_capset, &own.header, own.data) != 0) return false;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  return (wanted & bit(CAP_SYS_ADMIN)) == 0 || refuse_calls(the_filter);
}

void become(const User& user, Capabilities kept) {
  for_each_capability([&](int number) {
    if ((kept & bit(number)) == 0) check(::prctl(PR_CAPBSET_DROP, number), "drop capability");
  });
  check(::prctl(PR_SET_KEEPCAPS, 1), "keep capabilities");
  change_user(user);
  hold_exactly(kept);
  check(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "allow no new privileges");
  if (!refuse_calls(the_filter) || !refuse_calls(the_filter_of_users)) check(-1, "refuse system calls");
}

}  // namespace xconn::sys
