// SPDX-License-Identifier: Apache-2.0
#include "base/errors.hh"

#include <cstring>

#include "base/duration.hh"
#include "base/join.hh"
#include "base/text.hh"

namespace xconn {
namespace {

std::string all_of(const std::vector<Finding>& findings) {
  return join(findings, "\n", [](const Finding& finding) { return to_string(finding); });
}

std::string kernel_text(const std::string& operation, const std::string& object, const std::string& netns, int number,
                        const std::string& sentence) {
  auto text = operation + " " + object + (netns.empty() ? "" : " in " + netns) + ": " + std::strerror(number);
  return sentence.empty() ? text : text + " (" + sentence + ")";
}

std::string service_text(const std::vector<std::string>& argv, const std::string& status,
                         const std::vector<std::string>& lines) {
  auto text = join(argv, " ") + ": " + status;
  return lines.empty() ? text : text + "\n  | " + join(lines, "\n  | ");
}

}  // namespace

std::string to_string(const Where& where) {
  if (where.line == 0) return where.file;
  return where.file + ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
}

std::string to_string(const Finding& f) {
  auto text = to_string(f.where);
  if (!f.object.empty()) text += (text.empty() ? "" : ": ") + f.object;
  if (!f.field.empty()) text += ": " + f.field;
  if (!f.value.empty()) text += (f.field.empty() ? ": '" : " = '") + f.value + "'";
  text += ": " + f.rule;
  if (!f.remedy.empty()) text += "; " + f.remedy;
  text = printable(text);
  if (!f.code.empty()) text += " [" + f.code + "]";
  return f.source.empty() ? text : text + " (" + f.source + ")";
}

TopologyError::TopologyError(std::vector<Finding> findings) : Error(all_of(findings)), findings_(std::move(findings)) {}

HostError::HostError(std::string missing, std::string remedy)
    : Error(remedy.empty() ? missing : missing + "\n  fix: " + remedy),
      missing_(std::move(missing)),
      remedy_(std::move(remedy)) {}

KernelError::KernelError(std::string operation, std::string object, std::string netns, int error_number,
                         std::string sentence)
    : Error(kernel_text(operation, object, netns, error_number, sentence)),
      operation_(std::move(operation)),
      object_(std::move(object)),
      netns_(std::move(netns)),
      sentence_(std::move(sentence)),
      error_number_(error_number) {}

ServiceError::ServiceError(std::vector<std::string> argv, std::string status, std::vector<std::string> last_log_lines)
    : Error(service_text(argv, status, last_log_lines)),
      argv_(std::move(argv)),
      status_(std::move(status)),
      last_log_lines_(std::move(last_log_lines)) {}

TimeoutError::TimeoutError(std::string awaited, std::chrono::nanoseconds bound, std::string last_state)
    : Error("waited " + to_string(Duration{bound}) + " for " + awaited +
            (last_state.empty() ? "" : "; last seen: " + last_state)),
      awaited_(std::move(awaited)),
      last_state_(std::move(last_state)),
      bound_(bound) {}

}  // namespace xconn
