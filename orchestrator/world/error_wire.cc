// SPDX-License-Identifier: Apache-2.0
#include "world/error_wire.hh"

#include <functional>
#include <map>
#include <new>
#include <nlohmann/json.hpp>

namespace xconn::world {
namespace {

using nlohmann::json;
using Lines = std::vector<std::string>;

Finding finding_from(const json& j) {
  return {{j.at("file"), j.at("line"), j.at("column")},
          j.at("object"),
          j.at("field"),
          j.at("value"),
          j.at("rule"),
          j.at("remedy"),
          j.at("code"),
          j.at("source")};
}

json describe(const TopologyError& e) {
  auto findings = json::array();
  for (const auto& finding : e.findings()) findings.push_back(to_json(finding));
  return {{"type", "TopologyError"}, {"findings", findings}};
}

json describe(const HostError& e) { return {{"type", "HostError"}, {"missing", e.missing()}, {"remedy", e.remedy()}}; }

json describe(const KernelError& e) {
  return {{"type", "KernelError"}, {"operation", e.operation()},       {"object", e.object()},
          {"netns", e.netns()},    {"error_number", e.error_number()}, {"sentence", e.sentence()}};
}

json describe(const ServiceError& e) {
  return {{"type", "ServiceError"}, {"argv", e.argv()}, {"status", e.status()}, {"last_log_lines", e.last_log_lines()}};
}

json describe(const TimeoutError& e) {
  return {{"type", "TimeoutError"},
          {"awaited", e.awaited()},
          {"bound_ns", e.bound().count()},
          {"last_state", e.last_state()}};
}

json describe(const NotFoundError&) { return {{"type", "NotFoundError"}}; }

template <class... Types>
json describe_as(const std::exception& error) {
  json out{{"type", "Error"}};
  (void)((dynamic_cast<const Types*>(&error) ? (out = describe(dynamic_cast<const Types&>(error)), true) : false) ||
         ...);
  return out;
}

std::vector<Finding> findings_from(const json& j) {
  std::vector<Finding> findings;
  for (const auto& finding : j.at("findings")) findings.push_back(finding_from(finding));
  return findings;
}

const std::map<std::string, std::function<void(const json&)>> kThrowers{
    {"TopologyError", [](const json& j) { throw TopologyError(findings_from(j)); }},
    {"HostError", [](const json& j) { throw HostError(j.at("missing"), j.at("remedy")); }},
    {"KernelError",
     [](const json& j) {
       throw KernelError(j.at("operation"), j.at("object"), j.at("netns"), j.at("error_number"), j.at("sentence"));
     }},
    {"ServiceError",
     [](const json& j) {
       throw ServiceError(j.at("argv").get<Lines>(), j.at("status"), j.at("last_log_lines").get<Lines>());
     }},
    {"TimeoutError",
     [](const json& j) {
       throw TimeoutError(j.at("awaited"), std::chrono::nanoseconds{j.at("bound_ns").get<std::int64_t>()},
                          j.at("last_state"));
     }},
    {"NotFoundError", [](const json& j) { throw NotFoundError(j.at("message").get<std::string>()); }},
};

}  // namespace

json to_json(const Finding& f) {
  return {{"file", f.where.file}, {"line", f.where.line}, {"column", f.where.column}, {"object", f.object},
          {"field", f.field},     {"value", f.value},     {"rule", f.rule},           {"remedy", f.remedy},
          {"code", f.code},       {"source", f.source}};
}

json error_to_json(const std::exception& error) {
  auto out = describe_as<TopologyError, HostError, KernelError, ServiceError, TimeoutError, NotFoundError>(error);
  const bool is_memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  out["message"] =
      is_memory ? "there is not enough memory; end something else, or raise ulimit -v or the memory.max of the cgroup"
                : error.what();
  return out;
}

void throw_error(const json& j) {
  if (const auto thrower = kThrowers.find(j.value("type", "")); thrower != kThrowers.end()) thrower->second(j);
  throw Error(j.value("message", "the agent failed without a reason"));
}

}  // namespace xconn::world
