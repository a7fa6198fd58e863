// SPDX-License-Identifier: Apache-2.0
#include "services/keepalived.hh"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <nlohmann/json.hpp>

#include "services/program.hh"
#include "sys/process.hh"

namespace xconn::services {

namespace {

/// One for each process that it may have. It locks them all, also (2.3) of those that it does not start.
constexpr std::array kPidFiles{"pid", "vrrp_pid", "checkers_pid", "bfd_pid"};

}  // namespace

sys::ProcessSpec Keepalived::process_spec() {
  sys::ProcessSpec process;
  process.argv = {program("keepalived"), "--dont-fork",      "--log-console", "--log-detail", "--vrrp",
                  "--use-file",          file(spec().config)};
  for (const auto* option : kPidFiles) {
    const auto pid_file = file(name() + "." + option);
    ::unlink(pid_file.c_str());
    process.argv.insert(process.argv.end(), {std::string("--") + option, pid_file});
  }
  process.argv.insert(process.argv.end(), spec().arguments.begin(), spec().arguments.end());
  process.environment = {{"TZ", "UTC"}, {"LC_ALL", "C"}};
  return process;
}

void Keepalived::files_changed(const std::vector<std::string>& names) {
  if (running() && std::ranges::find(names, spec().config) != names.end()) ::kill(process_ids().front(), SIGHUP);
}

std::shared_ptr<void> Keepalived::follow() {
  instances_.clear();
  return {};
}

std::optional<std::string> Keepalived::unready() {
  if (instances_.empty()) return "no VRRP instance has a state yet";
  return std::nullopt;
}

void Keepalived::logged(std::string_view line) {
  const auto change = vrrp_change_of(line);
  if (!change) return;
  instances_[change->first] = change->second;
  state_changed();
  tell("ha", change->first + " is " + change->second);
}

void Keepalived::request_state() { state_arrived({{"instances", instances_}}); }

std::optional<std::pair<std::string, std::string>> vrrp_change_of(std::string_view line) {
  constexpr std::string_view kEntering = ") Entering ";
  const auto open = line.find('('), close = line.find(kEntering);
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  const auto rest = line.substr(close + kEntering.size());
  const auto end = rest.find(" STATE");
  if (end == std::string_view::npos) return std::nullopt;
  return std::pair(std::string(line.substr(open + 1, close - open - 1)), std::string(rest.substr(0, end)));
}

}  // namespace xconn::services
