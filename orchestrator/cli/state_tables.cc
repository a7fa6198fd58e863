// SPDX-License-Identifier: Apache-2.0
#include "cli/state_tables.hh"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "base/join.hh"
#include "cli/output.hh"
#include "sys/clock.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

/// One thing of a state, and the keys that led to it.
struct Item {
  std::vector<std::string> keys;
  const json& value;
};

using Text = std::string (*)(const json&);

struct Column {
  const char* header;
  const char* pointer;  ///< below the item; "0" and "1" are the first and second `*` of the section's path
  Text text;
};

struct Section {
  const char* path;  ///< of the items; `*` is every element
  std::vector<Column> columns;
};

std::string plain(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "-" : value.dump();
}

std::string yes_or_no(const json& value) { return value.is_boolean() ? (value.get<bool>() ? "yes" : "no") : "-"; }

std::string milliseconds(const json& value) {
  return value.is_number() ? fmt::format("{:.1f} ms", value.get<double>()) : "-";
}

std::string percent(const json& value) {
  return value.is_number() ? fmt::format("{:.0f} %", value.get<double>() * 100) : "-";
}

std::string whole_seconds(const json& value) { return value.is_null() ? "-" : plain(value) + " s"; }

std::string words(const json& value) { return value.empty() ? "none" : join(value, " ", plain); }

/// Of a time of CLOCK_MONOTONIC, in nanoseconds.
std::string since(const json& value) { return value.is_number() ? ago(std::chrono::nanoseconds{value}) : "-"; }

/// What a rule has sent, by member.
std::string packets(const json& value) {
  const auto row = [](const json& counter) { return plain(counter["member"]) + ":" + plain(counter["packets"]); };
  return value.empty() ? "none" : join(value, " ", row);
}

std::string health(const json& value) { return value == true ? "healthy" : "unhealthy"; }

const std::vector<Section> kRouting{

    {"*/neighbors/*",
     {{"BGP NEIGHBOR", "1", plain},
      {"AS", "/remoteAs", plain},
      {"STATE", "/state", plain},
      {"UP FOR", "/peerUptime", plain},
      {"PREFIXES RECEIVED", "/pfxRcd", plain},
      {"SENT", "/pfxSnt", plain}}},
    {"*/peers/*",
     {{"BFD PEER", "/peer", plain},
      {"INTERFACE", "/interface", plain},
      {"STATUS", "/status", plain},
      {"UP FOR", "/uptime", whole_seconds},
      {"INTERVAL", "/transmit-interval", milliseconds},
      {"MULTIPLIER", "/detect-multiplier", plain},
      {"DIAGNOSTIC", "/diagnostic", plain}}},
    {"*/sas/*/*",
     {{"IKE_SA", "1", plain},
      {"STATE", "/state", plain},
      {"LOCAL", "/local-host", plain},
      {"REMOTE", "/remote-host", plain},
      {"UP FOR", "/established", whole_seconds},
      {"REKEY IN", "/rekey-time", whole_seconds}}},
    {"*/sas/*/*/child-sas/*",
     {{"CHILD_SA", "/name", plain},
      {"STATE", "/state", plain},
      {"LOCAL TS", "/local-ts", words},
      {"REMOTE TS", "/remote-ts", words},
      {"PACKETS IN", "/packets-in", plain},
      {"OUT", "/packets-out", plain}}}};

const std::vector<Section> kSteering{{"*/members/*",
                                      {{"SD-WAN MEMBER", "/name", plain},
                                       {"INTERFACE", "/interface", plain},
                                       {"ZONE", "/zones", words},
                                       {"ALIVE", "/alive", yes_or_no},
                                       {"IN SLA", "/in_sla", yes_or_no},
                                       {"LATENCY", "/latency_ms", milliseconds},
                                       {"JITTER", "/jitter_ms", milliseconds},
                                       {"LOSS", "/loss", percent},
                                       {"SINCE", "/since", since},
                                       {"BECAUSE", "/reason", plain}}},
                                     {"*/health_checks/*",
                                      {{"HEALTH CHECK", "/name", plain},
                                       {"MEMBER", "/member", plain},
                                       {"SERVER", "/server", plain},
                                       {"STATE", "/state", plain},
                                       {"SINCE", "/since", since}}},
                                     {"*/rules/*",
                                      {{"SD-WAN RULE", "/name", plain},
                                       {"STRATEGY", "/strategy", plain},
                                       {"TAKES", "/members", words},
                                       {"SINCE", "/since", since},
                                       {"PACKETS", "/counters", packets},
                                       {"BECAUSE", "/reason", plain}}},
                                     {"*/applications/*",
                                      {{"APPLICATION", "/name", plain},
                                       {"FLOWS", "/flows", plain},
                                       {"PACKETS", "/packets", plain},
                                       {"BYTES", "/bytes", plain}}},
                                     {"*/instances/*", {{"VRRP INSTANCE", "1", plain}, {"STATE", "", plain}}},
                                     {"*/backends/*",
                                      {{"BACKEND", "/name", plain},
                                       {"ADDRESS", "/address", plain},
                                       {"STATE", "/healthy", health},
                                       {"SINCE", "/since", since},
                                       {"PROBE", "/probe/text", plain},
                                       {"NEW FLOWS", "/new_flows", plain},
                                       {"PACKETS", "/packets", plain}}}};

/// Walks down `path`, the keys of each `*` noted. What is not there has no items.
void collect(const json& at, std::string_view path, std::vector<std::string> keys, std::vector<Item>& found) {
  if (path.empty()) return found.push_back({std::move(keys), at});
  const auto slash = path.find('/');
  const auto step = path.substr(0, slash);
  const auto rest = slash == std::string_view::npos ? "" : path.substr(slash + 1);
  if (!at.is_structured()) return;
  if (step != "*") {
    if (at.is_object() && at.contains(step)) collect(at.at(std::string(step)), rest, std::move(keys), found);
    return;
  }
  for (const auto& [key, value] : at.items()) {
    auto longer = keys;
    longer.push_back(key);
    collect(value, rest, std::move(longer), found);
  }
}

std::string cell(const Column& column, const Item& item) {
  if (column.pointer[0] >= '0' && column.pointer[0] <= '9') return item.keys.at(std::stoul(column.pointer));
  const json::json_pointer pointer(column.pointer);
  return column.text(item.value.contains(pointer) ? item.value.at(pointer) : json());
}

/// True when an item has what the section's columns ask for; load balancers and SD-WAN both have `rules`, for one.
bool fits(const Section& section, const Item& item) {
  for (const auto& column : section.columns)
    if (column.pointer[0] == '/' && std::string_view(column.pointer).find('/', 1) == std::string_view::npos)
      return item.value.is_object() && item.value.contains(json::json_pointer(column.pointer));
  return true;
}

std::string table_of(const Section& section, const json& services, bool colour) {
  std::vector<Item> items;
  collect(services, section.path, {}, items);
  std::vector<Cell> headers;
  for (const auto& column : section.columns) headers.emplace_back(column.header);
  Table table(headers);
  for (const auto& item : items) {
    if (!fits(section, item)) continue;
    std::vector<Cell> row;
    for (const auto& column : section.columns) row.push_back(cell(column, item));
    table.add(std::move(row));
  }
  return table.empty() ? "" : "\n" + table.text(colour);
}

std::string daemons(const json& services, bool colour) {
  Table table({"DAEMON", "STATE", "PIDS"});
  for (const auto& [name, state] : services.items()) {
    const bool runs = state.value("running", false);
    table.add({name, Cell(runs ? "running" : "down", runs ? Colour::kGreen : Colour::kRed),
               words(state.value("pids", json::array()))});
  }
  return table.empty() ? "" : "\n" + table.text(colour);
}

}  // namespace

std::string ago(std::chrono::nanoseconds when) {
  using namespace std::chrono_literals;
  const auto span = sys::now() - when;
  if (span < 1min) return seconds(span) + " ago";
  return span < 1h ? fmt::format("{} min ago", span / 1min) : fmt::format("{} h ago", span / 1h);
}

std::string state_tables(const json& services, bool colour) {
  std::string text = daemons(services, colour);
  for (const auto* group : {&kRouting, &kSteering})
    for (const auto& section : *group) text += table_of(section, services, colour);
  return text;
}

}  // namespace xconn::cli
