// SPDX-License-Identifier: Apache-2.0
#include "services/command.hh"

#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "sys/process.hh"

namespace xconn::services {
namespace {

std::string with_folder(std::string text, const std::string& folder) {
  constexpr std::string_view kMark = "@RUN@";
  for (auto at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at + folder.size()))
    text.replace(at, kMark.size(), folder);
  return text;
}

}  // namespace

Command::Command(const plan::Service& spec, const Context& context) : Service(spec, context) {
  if (spec.arguments.empty()) throw NotFoundError(context.node + ": the command '" + spec.name + "' has no argv");
}

sys::ProcessSpec Command::process_spec() {
  sys::ProcessSpec process;
  for (const auto& argument : spec().arguments) process.argv.push_back(with_folder(argument, context().folder));
  return process;
}

void Command::request_state() { state_arrived(nlohmann::json::object()); }

}  // namespace xconn::services
