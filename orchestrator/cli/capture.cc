// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "cli/session.hh"
#include "cli/verb.hh"
#include "lab/remote.hh"
#include "sys/fd.hh"
#include "sys/process.hh"
#include "world/enter.hh"

namespace xconn::cli {
namespace {

struct CaptureArguments {
  std::string end, file;
  int count = 0;
  std::vector<std::string> filter;
};

/// tcpdump's pcap goes to our stdout, which is the file: the lab has other folders under /run than the user.
void write_to(const std::string& file) {
  const sys::Fd out{::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
  if (!out || ::dup2(out.get(), STDOUT_FILENO) < 0) throw KernelError("open", file, "", errno);
}

/// tcpdump would say only that there is no such device.
void demand_interface(const lab::RemoteLab& lab, const std::string& node, const std::string& interface) {
  const auto state = lab.inspect_node(node);
  std::string known;
  for (const auto& each : state["interfaces"]) {
    const auto name = each["name"].get<std::string>();
    if (name == interface) return;
    known += (known.empty() ? "" : ", ") + name;
  }
  throw NotFoundError("node " + node + " has no interface " + interface + "; it has " + known);
}

int capture(const CaptureArguments& arguments, const Session& session) {
  const auto colon = arguments.end.find(':');
  if (colon == std::string::npos) throw NotFoundError("'" + arguments.end + "' is not NODE:INTERFACE");
  if (!sys::find_program("tcpdump")) throw HostError("xconn capture needs tcpdump", "apt-get install tcpdump");
  const auto node = arguments.end.substr(0, colon), interface = arguments.end.substr(colon + 1);
  const auto lab = session.chosen_lab();
  demand_interface(lab::RemoteLab::attach(lab), node, interface);
  std::vector<std::string> argv{"tcpdump", "-n", "-i", interface};
  if (arguments.count > 0) argv.insert(argv.end(), {"-c", std::to_string(arguments.count)});
  if (arguments.file.empty())
    argv.insert(argv.end(), {"-l", "-e"});
  else
    argv.insert(argv.end(), {"-U", "-w", "-"});
  argv.insert(argv.end(), arguments.filter.begin(), arguments.filter.end());
  if (!arguments.file.empty() && arguments.file != "-") write_to(arguments.file);
  return world::run_inside({lab, node, argv});
}

}  // namespace

void add_capture(Verb app, Session& session) {
  const auto verb =
      app.add("capture", "Capture packets at a link end: xconn capture hq-fgt:wan -w wan.pcap udp port 4500");
  auto arguments = std::make_shared<CaptureArguments>();
  add_lab_option(verb, session);
  verb.option("end", arguments->end, "NODE:INTERFACE").required();
  verb.option("-w,--write", arguments->file, "pcap file to write ('-' is stdout); without it packets are printed");
  verb.option("-c,--count", arguments->count, "Stop after that many packets; else with Ctrl-C");
  verb.option("filter", arguments->filter, "pcap-filter(7)");
  on_chosen(verb, session, [arguments, &session] { return capture(*arguments, session); });
}

}  // namespace xconn::cli
