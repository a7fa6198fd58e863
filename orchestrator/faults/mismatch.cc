// SPDX-License-Identifier: Apache-2.0
#include "faults/mismatch.hh"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "base/teardown.hh"
#include "datapath/retag.hh"
#include "faults/holds.hh"
#include "faults/kinds.hh"
#include "faults/site.hh"

namespace xconn::faults {

namespace {

constexpr const char* kOther = "not-what-the-other-side-has";

std::string node_of(const Request& request) { return request.target.substr(0, request.target.find(':')); }
std::string name_of(const Request& request) { return request.target.substr(request.target.find(':') + 1); }

/// The one of the target's node and name.
template <typename Thing>
const Thing& find(const std::vector<Thing>& things, const Request& request) {
  return *std::ranges::find_if(
      things, [&](const Thing& one) { return one.node == node_of(request) && one.name == name_of(request); });
}

// --- vlan ----------------------------------------------------------------------------------------------------------

class Retagged : public Effect {
 public:
  Retagged(Site& site, const SubInterface& of, std::uint16_t wire)
      : retag_(std::in_place, site.netns(of.node), of.trunk, of.tags.front(), wire) {}
  void heal(const sys::Pending&) override { retag_.reset(); }

 private:
  std::optional<datapath::Retag> retag_;
};

/// The next VLAN id, 1 to 4094, that the trunk does not use.
std::uint16_t unused_id(const std::vector<std::uint16_t>& used) {
  auto id = used.front();
  while (std::ranges::count(used, id) > 0) id = static_cast<std::uint16_t>(id % 4094 + 1);
  return id;
}

std::unique_ptr<Effect> vlan(Site& site, const Request& request, const sys::Pending&) {
  const auto& sub_interface = find(site.inventory().sub_interfaces, request);
  return std::make_unique<Retagged>(site, sub_interface, unused_id(sub_interface.tags));
}

// --- md5 -----------------------------------------------------------------------------------------------------------

std::unique_ptr<Effect> md5(Site& site, const Request& request, const sys::Pending& pending) {
  const auto edit = [address = *Address::parse(name_of(request))](network::Speaker& speaker) {
    if (auto* neighbor = speaker.find_neighbor(address)) neighbor->password = kOther;
  };
  return std::make_unique<Edited>(site, node_of(request), edit, pending);
}

// --- psk -----------------------------------------------------------------------------------------------------------

class Rekeyed : public Effect {
 public:
  Rekeyed(Site& site, Tunnel tunnel, bool ends_sas, const sys::Pending& pending)
      : site_(site), tunnel_(std::move(tunnel)) {
    site_.set_psk(tunnel_, kOther, pending);
    if (ends_sas) site_.end_sas(tunnel_, pending);
  }
  ~Rekeyed() override {
    tear_down("a fault", [this] { heal({}); });
  }
  void heal(const sys::Pending& pending) override {
    if (std::exchange(held_, false)) site_.set_psk(tunnel_, std::nullopt, pending);
  }
  void renew(const std::string& node) override {
    if (held_ && node == tunnel_.node) site_.set_psk(tunnel_, kOther, {});
  }

 private:
  Site& site_;
  Tunnel tunnel_;
  bool held_ = true;
};

std::unique_ptr<Effect> psk(Site& site, const Request& request, const sys::Pending& pending) {
  const auto notice = request.parameters.find("notice");
  const bool now = notice == request.parameters.end() || notice->second == "now";
  return std::make_unique<Rekeyed>(site, find(site.inventory().tunnels, request), now, pending);
}

const std::map<std::string_view, std::unique_ptr<Effect> (*)(Site&, const Request&, const sys::Pending&)> kMakers = {
    {"vlan", vlan}, {"md5", md5}, {"psk", psk}};

}  // namespace

std::unique_ptr<Effect> mismatched(Site& site, const Request& request, const sys::Pending& pending) {
  return kMakers.at(request.parameters.at("what"))(site, request, pending);
}

}  // namespace xconn::faults
