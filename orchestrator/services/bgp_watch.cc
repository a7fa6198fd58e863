// SPDX-License-Identifier: Apache-2.0
#include "services/bgp_watch.hh"

#include <fmt/format.h>

#include <algorithm>

#include "services/json_part.hh"

namespace xconn::services {
namespace {

using nlohmann::json;

/// FRR's name of a family in its summary, and in its commands.
constexpr std::pair<const char*, const char*> kFamilies[] = {{"ipv4Unicast", "ipv4"}, {"ipv6Unicast", "ipv6"}};

std::int64_t number(const json& object, const char* key) {
  const auto& value = part(object, key);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

std::string text(const json& object, const char* key) {
  const auto& value = part(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}

/// All but what counts keepalives and time.
std::string standing_of(const std::string& address, const json& peer) {
  return fmt::format(" {} {} {} {}", address, text(peer, "state"), number(peer, "pfxRcd"), number(peer, "pfxSnt"));
}

}  // namespace

json BgpWatch::state_of(const json& summary) const {
  json state{{"neighbors", json::object()}};
  for (const auto& [family, seen] : summary.items()) {
    if (!seen.is_object() || !seen.contains("peers")) continue;
    state["as"] = number(seen, "as");
    state["router_id"] = text(seen, "routerId");
    for (const auto& [address, peer] : part(seen, "peers").items()) {
      if (state["neighbors"].contains(address)) continue;
      state["neighbors"][address] = peer;
      state["neighbors"][address]["endOfRib"] = told_all_.contains(address);
    }
  }
  return state;
}

bool BgpWatch::take_summary(const json& summary) {
  if (!summary.is_object()) return false;
  std::string now;
  queued_.clear();
  families_.clear();
  for (const auto& [name, family] : kFamilies) {
    const auto& seen = part(summary, name);
    if (!seen.is_object()) continue;
    families_.insert(family);
    now += fmt::format("{} {}", family, number(seen, "tableVersion"));
    for (const auto& [address, peer] : part(seen, "peers").items()) {
      now += standing_of(address, peer);
      if (text(peer, "state") == "Established" && number(peer, "inq") + number(peer, "outq") > 0) queued_ = address;
    }
  }
  // A family whose last neighbor was taken away is in no summary any more, and has no table.
  if (std::erase_if(tables_, [&](const auto& table) { return !families_.contains(table.first); }) > 0)
    compared_.reset();
  if (now == summary_) return false;
  summary_ = std::move(now);
  ++changes_;
  return true;
}

std::vector<std::string> BgpWatch::outdated() const {
  std::vector<std::string> families;
  for (const auto& family : families_) {
    const auto table = tables_.find(family);
    if (table == tables_.end() || table->second.asked_at != changes_) families.push_back(family);
  }
  return families;
}

std::vector<std::string> BgpWatch::unread() const {
  if (compared_ && compared_->missing) return {families_.begin(), families_.end()};
  return outdated();
}

void BgpWatch::take_table(const std::string& family, const json& table, std::uint64_t asked_at) {
  tables_[family] = {asked_at, selected_of(table)};
  compared_.reset();
}

std::optional<std::string> BgpWatch::pending(const RoutesSeen& main_table) const {
  if (!queued_.empty()) return "messages from or to " + queued_ + " wait";
  if (const auto families = outdated(); !families.empty()) return "its " + families.front() + " table is being read";
  if (!compared_ || compared_->routes != main_table.version)
    compared_ = Compared{main_table.version, missing_in_kernel(main_table)};
  return compared_->missing;
}

std::optional<std::string> BgpWatch::missing_in_kernel(const RoutesSeen& main_table) const {
  Selected all;
  for (const auto& [family, table] : tables_) all.insert(table.selected.begin(), table.selected.end());
  return not_in_kernel(all, main_table);
}

}  // namespace xconn::services
