// SPDX-License-Identifier: Apache-2.0
#include "datapath/doctor_programs.hh"

#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "base/errors.hh"
#include "sys/process.hh"

namespace xconn::datapath {
namespace {

bool found(const std::string& file) {
  if (file.find('/') != std::string::npos) return access(file.c_str(), X_OK) == 0 || access(file.c_str(), R_OK) == 0;
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "/usr/sbin:/usr/bin:/sbin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (access((folder + "/" + file).c_str(), X_OK) == 0) return true;
  return false;
}

}  // namespace

const std::vector<ProgramRow>& programs() {
  static const std::vector<ProgramRow> rows = {
      {"program:frr", {"/usr/lib/frr/zebra", "/usr/lib/frr/bgpd", "/usr/lib/frr/bfdd", "vtysh"}, "frr", &kFrr},
      {"program:strongswan",
       {"/usr/lib/ipsec/charon", "swanctl", "/usr/lib/ipsec/plugins/libstrongswan-vici.so"},
       "strongswan-charon strongswan-swanctl"},
      {"program:keepalived", {"keepalived"}, "keepalived"},
      {"program:nft", {"nft"}, "nftables"},
      {"program:netbase", {"/etc/protocols"}, "netbase"},  // nftables takes the names of protocols from it
      {"program:tcpdump", {"tcpdump"}, "tcpdump"},
  };
  return rows;
}

std::optional<std::string> missing_file(const std::vector<std::string>& files) {
  for (const std::string& file : files)
    if (!found(file)) return file;
  return std::nullopt;
}

std::optional<std::string> unknown_release(const ProgramRow& row) {
  if (row.releases == nullptr) return std::nullopt;
  try {
    return xconn::unknown_release(*row.releases, sys::run({row.files.front(), "--version"}).out);
  } catch (const HostError& error) {  // here its package is known
    throw HostError(error.missing(), "apt-get install " + row.package);
  }
}

}  // namespace xconn::datapath
