// SPDX-License-Identifier: Apache-2.0
#include "importing/text/notes.hh"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <tuple>

#include "importing/text/expression.hh"
#include "importing/text/json.hh"

namespace xconn::importing {
namespace {

constexpr std::array<std::string_view, 8> kBlanks{"XXXX",        "REDACTED", "****", "X.X",
                                                  "PLACEHOLDER", "CHANGEME", "...",  "SANITIZED"};

constexpr std::array<std::string_view, 9> kSecrets{"SHAREDKEY",         "SHARED_KEY",  "AUTHORIZATIONKEY",
                                                   "AUTHORIZATION_KEY", "PASSWORD",    "PSK",
                                                   "CUSTOMDATA",        "CUSTOM_DATA", "SECRET"};

/// Properties that no packet feels, wherever they stand.
constexpr std::array<std::string_view, 26> kUnfelt{"virtualNetworkGatewayMigrationStatus",
                                                   "authenticationType",
                                                   "tags",
                                                   "location",
                                                   "zones",
                                                   "plan",
                                                   "identity",
                                                   "comments",
                                                   "description",
                                                   "apiVersion",
                                                   "metadata",
                                                   "osProfile",
                                                   "hardwareProfile",
                                                   "storageProfile",
                                                   "diagnosticsProfile",
                                                   "adminUsername",
                                                   "dnsSettings",
                                                   "diagnosticSettings",
                                                   "workspaceId",
                                                   "extendedLocation",
                                                   "managedBy",
                                                   "domainNameLabel",
                                                   "ddosProtectionPlan",
                                                   "enableDdosProtection",
                                                   "licenseType",
                                                   "availabilitySet"};

/// Parts of the names of types that only look after others, in ARM and in Terraform.
constexpr std::array<std::string_view, 35> kUnfeltTypes{"microsoft.network/firewallpolicies",
                                                        "azurerm_firewall_",
                                                        "diagnosticsettings",
                                                        "diagnostic_setting",
                                                        "microsoft.authorization/",
                                                        "role_assignment",
                                                        "role_definition",
                                                        "_policy_assignment",
                                                        "policy_definition",
                                                        "management_lock",
                                                        "microsoft.insights/",
                                                        "azurerm_monitor_",
                                                        "microsoft.resources/",
                                                        "microsoft.managedidentity/",
                                                        "user_assigned_identity",
                                                        "/extensions",
                                                        "machine_extension",
                                                        "microsoft.policyinsights/",
                                                        "microsoft.network/ipgroups",
                                                        "azurerm_ip_group",
                                                        "webapplicationfirewallpolicies",
                                                        "web_application_firewall_policy",
                                                        "availabilitysets",
                                                        "availability_set",
                                                        "proximityplacementgroups",
                                                        "microsoft.compute/disks",
                                                        "managed_disk",
                                                        "data_disk_attachment",
                                                        "microsoft.keyvault/",
                                                        "azurerm_key_vault",
                                                        "microsoft.devtestlab/schedules",
                                                        "dev_test_global_vm_shutdown_schedule",
                                                        "microsoft.security/",
                                                        "microsoft.operationalinsights/",
                                                        "azurerm_log_analytics_"};

struct Explained {
  std::string_view type, why;
};
constexpr std::string_view kPointToSite =
    "a lab has sites, not single machines that dial in; a VPN site with a client stands for them";
constexpr std::string_view kRouteMaps = "routes pass a lab's hub as they are";
constexpr std::string_view kFirewallManager = "a lab's firewall lets everything pass";
constexpr std::string_view kService = "it is a service beside the paths that a lab plays";
constexpr std::string_view kOtherSide =
    "it is the provider's side of a circuit; import what its owner sees: `az network express-route show`";
constexpr std::array<Explained, 15> kExplained{{
    {"microsoft.network/p2svpngateways", kPointToSite},
    {"microsoft.network/vpnserverconfigurations", kPointToSite},
    {"azurerm_point_to_site_vpn_gateway", kPointToSite},
    {"azurerm_vpn_server_configuration", kPointToSite},
    {"microsoft.network/virtualhubs/routemaps", kRouteMaps},
    {"azurerm_route_map", kRouteMaps},
    {"microsoft.network/virtualhubs/securitypartnerproviders", kFirewallManager},
    {"microsoft.network/expressroutecrossconnections", kOtherSide},
    {"microsoft.network/bastionhosts", kService},
    {"azurerm_bastion_host", kService},
    {"microsoft.network/natgateways", kService},
    {"azurerm_nat_gateway", kService},
    {"microsoft.network/privateendpoints", kService},
    {"microsoft.network/privatednszones", kService},
    {"microsoft.network/applicationgateways", kService},
}};

constexpr std::size_t kSeveral = 3;  // two notes are read as they stand
constexpr const char* kBetween = "\n";

/// "subnet" of "subnet hub/app"
std::string kind_of(const std::string& object) { return object.substr(0, object.rfind(' ') + 1); }

/// What is said of several of a kind in the same words.
std::string group_of(const Note& note) {
  return kind_of(note.object) + kBetween + note.field + kBetween + note.reason + kBetween + note.instead;
}

/// What it is about, and where: the same thing twice in a place is one.
std::string member_of(const Note& note) {
  return note.object + kBetween + note.field + kBetween + note.where.file + ":" + std::to_string(note.where.line);
}

/// Terraform's addresses have the type in them.
std::string named(const std::string& type, const std::string& name) {
  return name.find(type) == std::string::npos ? type + " " + name : name;
}

/// By what was done: only what is gone is said to be left out.
Outcome outcome_of(const Note& note) {
  return note.instead.find("left out") == std::string::npos && note.instead.find("left empty") == std::string::npos
             ? Outcome::kAssumed
             : Outcome::kLeftOut;
}

/// Why a type that many files have is not carried over, and what to do; empty for the others.
std::string why_foreign(const std::string& type) {
  const auto row = std::ranges::find(kExplained, type, &Explained::type);
  return row == kExplained.end() ? "" : std::string(": ") + std::string(row->why);
}

void merge(Note& first, const Note& more) {
  if (first.names.empty()) first.names.push_back(first.object);
  if (std::ranges::find(first.names, more.object) == first.names.end()) first.names.push_back(more.object);
  if (first.value != more.value) first.value.clear();
}

/// A note on several things, or on one in several places.
void call_all(Note& note, std::size_t places) {
  const auto count = note.names.size();
  if (count == 0 || note.object != note.names.front()) return;
  if (count > 1) note.object += " and " + std::to_string(count - 1) + " more";
  if (count == 1) note.names.clear();
  if (count < places) note.object += " (in " + std::to_string(places) + " places)";
}

}  // namespace

void Notes::keep(Kept kept) {
  if (kept_.size() < kKept)
    push(std::move(kept));
  else
    ++dropped_;
}

void Notes::push(Kept kept) {
  auto& note = kept.note;
  if (!note.outcome) note.outcome = outcome_of(note);
  note.object = printable(note.object);
  note.field = printable(note.field);
  note.value = is_secret(note.field) ? std::string{} : printable(note.value);
  kept_.push_back(std::move(kept));
}

void Notes::add(Note note) {
  auto group = group_of(note);
  keep({std::move(note), std::move(group), {}});
}

void Notes::add_alike(Note note, std::string together) {
  auto group = note.field + kBetween + note.reason + kBetween + together;
  keep({std::move(note), std::move(group), std::move(together)});
}

void Notes::add_anyway(Note note) {
  auto group = group_of(note);
  push({std::move(note), std::move(group), {}});
}

void Notes::at(const model::Raw& raw, std::string object, std::string field, std::string reason, std::string instead) {
  add({raw.at.where(), std::move(object), std::move(field), raw.text, std::move(reason), std::move(instead)});
}

void Notes::unevaluated(const model::Raw& raw, const std::string& object, const std::string& field,
                        const std::string& why) {
  if (!is_felt(field)) return;
  Kept kept{{raw.at.where(), object, field, raw.text, "this expression " + why, "it was left empty"}, why, {}};
  const auto parameter = missing_parameter_in(why);
  if (parameter.empty()) return keep(std::move(kept));
  auto& missing = missing_[kept.note.where.file];
  missing.parameters.insert(parameter);
  if (missing.notes.size() < kKept)
    missing.notes.push_back(std::move(kept));
  else
    ++dropped_;
}

void Notes::foreign(const Where& where, const std::string& type, const std::string& name) {
  if (std::ranges::any_of(kUnfeltTypes, [&](auto part) { return type.find(part) != std::string::npos; })) return;
  auto& group = foreign_[type];
  if (group.names.empty()) group.where = where;
  group.names.push_back(printable(name));
}

void Notes::take_foreign() {
  for (auto& [type, group] : foreign_) {
    const auto holder = [&type = type](const auto& other) { return type.starts_with(other.first + "/"); };
    if (std::ranges::any_of(foreign_, holder)) continue;
    const auto count = group.names.size();
    if (count == 1)
      add({group.where, named(type, group.names[0]), "", "",
           "resources of this type have no counterpart here" + why_foreign(type), "it was left out"});
    else
      add({group.where, "resources", "", "",
           std::to_string(count) + " resources of type " + type + " have no counterpart here" + why_foreign(type),
           "they were left out", group.names});
  }
}

/// Whoever has no parameters file misses all of them at once.
void Notes::take_missing() {
  for (auto& [file, missing] : missing_) {
    if (missing.parameters.size() < kSeveral) {
      for (auto& kept : missing.notes) keep(std::move(kept));
      continue;
    }
    std::vector<std::string> names;
    std::set<std::string> listed;
    for (const auto& kept : missing.notes)
      if (listed.insert(kept.note.object).second) names.push_back(kept.note.object);
    add({missing.notes.front().note.where, "template", "parameters", "",
         "have no value: " + joined(missing.parameters) + "; give its parameters file too",
         "what hangs on them was left empty", std::move(names), Outcome::kLeftOut});
  }
  missing_.clear();
}

std::vector<Note> Notes::take() {
  take_foreign();
  take_missing();
  std::ranges::stable_sort(kept_, {},
                           [](const Kept& kept) { return std::tie(kept.note.where.file, kept.note.where.line); });
  const auto is_copy = [](const Kept& one, const Kept& other) { return one.note == other.note; };
  kept_.erase(std::unique(kept_.begin(), kept_.end(), is_copy), kept_.end());
  std::map<std::string, std::set<std::string>> members;
  for (const auto& kept : kept_) members[kept.group].insert(member_of(kept.note));
  std::vector<Note> notes;
  std::map<std::string, std::size_t> first;
  for (auto& [note, group, together] : kept_) {
    const bool is_several = members[group].size() >= kSeveral && !note.object.empty();
    const auto [known, is_new] = first.emplace(group, notes.size());
    if (is_several && !together.empty()) note.instead = together;
    if (is_several && !is_new)
      merge(notes[known->second], note);
    else
      notes.push_back(std::move(note));
  }
  for (const auto& [group, at] : first) call_all(notes[at], members[group].size());
  if (dropped_ > 0)
    notes.push_back({{}, "import", "", "", "has " + std::to_string(dropped_) + " notes more", "they are not listed"});
  return notes;
}

bool is_felt(std::string_view path) {
  if (is_secret(path)) return false;
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find_first_of(".[", at), path.size());
    const auto part = path.substr(at, end - at);
    if (std::ranges::any_of(kUnfelt, [&](auto word) { return same_word(word, part); })) return false;
    at = end + 1;
  }
  return true;
}

bool is_placeholder(const std::string& text) {
  if (text.size() > 1 && text.front() == '<' && text.back() == '>') return true;
  const auto shouted = upper_case(text);
  return std::ranges::any_of(kBlanks, [&](auto blank) { return shouted.find(blank) != std::string::npos; });
}

bool is_secret(std::string_view key) {
  const auto shouted = upper_case(key);
  return std::ranges::any_of(kSecrets, [&](auto word) { return shouted.find(word) != std::string::npos; });
}

std::string joined(const std::set<std::string>& words) {
  constexpr std::size_t kShown = 8;
  std::string out;
  std::size_t count = 0;
  for (const auto& word : words) {
    if (count++ == kShown) return out + " and " + std::to_string(words.size() - kShown) + " more";
    out += (out.empty() ? "" : ", ") + printable(word);
  }
  return out;
}

std::string printable(const std::string& text) {
  constexpr std::size_t kLongest = 120;
  std::string out;
  for (const char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < ' ' || byte == 0x7f ? '?' : c;
  }
  while (text.size() > kLongest && !out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0) == 0x80)
    out.pop_back();  // no half of a UTF-8 sequence at the cut
  return text.size() > kLongest ? out + "..." : out;
}

std::string to_string(const Note& note) {
  auto text = note.where.file.empty() ? std::string{} : note.where.file + ":" + std::to_string(note.where.line) + ": ";
  text += note.object;
  if (!note.field.empty()) text += ": " + note.field;
  if (!note.value.empty()) text += " = " + note.value;
  text += ": " + note.reason;
  if (!note.instead.empty()) text += "; " + note.instead;
  return text;
}

}  // namespace xconn::importing
