#include "model/read.hh"

#include <filesystem>

#include "model/extends.hh"
#include "model/keys.hh"
#include "model/rules.hh"

namespace xconn::model {
namespace {

/// "branch" for branch.yaml, the folder's name for its topology.yaml.
std::string name_of_file(const std::string& file) {
  const std::filesystem::path path(file);
  auto name = path.stem().string();
  if (name == "topology" && path.has_parent_path()) name = path.parent_path().filename().string();
  for (auto& c : name)
    if (!is_object_name(std::string("a") + c)) c = '-';
  return is_object_name(name) ? name : "lab";
}

/// An address beside `subnet` has the subnet's length.
void resolve_lengths(Topology& topology) {
  for (auto& node : topology.nodes)
    for (auto& interface : node.interfaces) {
      if (!interface.subnet) continue;
      const auto* vnet = find_named(topology.vnets, interface.subnet->vnet);
      const auto* subnet = vnet == nullptr ? nullptr : find_named(vnet->subnets, interface.subnet->subnet);
      if (subnet == nullptr) continue;
      for (auto& address : interface.addresses)
        if (address.length() < 0) address = {address.address(), subnet->prefix.length()};
    }
}

Topology resolve(const RawPtr& raw, const std::string& file, Findings& findings) {
  Topology topology;
  topology.file = file;
  if (raw != nullptr) {
    topology.name = name_of_file(file);
    read_object(object_info<Topology>(), Cursor(*raw, findings), &topology);
    resolve_lengths(topology);
    check_rules(topology, *raw, findings);
  }
  findings.raise(file);
  return topology;
}

}  // namespace

Topology read(const std::string& path) {
  Findings findings;
  const auto raw = load(path, findings);
  const auto file = raw == nullptr || raw->at.file == nullptr ? path : *raw->at.file;
  return resolve(raw, file, findings);
}

Topology read_text(std::string_view text, const std::string& file) {
  Findings findings;
  return resolve(load_text(text, file, findings), file, findings);
}

}  // namespace xconn::model
