// SPDX-License-Identifier: Apache-2.0
// `xconn az ...` answers as the Azure CLI does: the same words, options, shapes, complaints and exit codes.
#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "az/arguments.hh"
#include "az/print.hh"
#include "az/refusal.hh"
#include "az/resource.hh"
#include "az/shape.hh"
#include "base/errors.hh"
#include "base/text.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/verb.hh"
#include "lab/remote.hh"
#include "model/read.hh"
#include "sys/process.hh"
#include "world/run_folder.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

/// The resource group is the lab, so naming it is naming the lab.
std::string lab_of(const az::Arguments& arguments, const Session& session) {
  if (!arguments.lab.empty()) return world::choose_lab(arguments.lab);
  const auto group = arguments.options.find("resource-group");
  if (!session.lab && group != arguments.options.end() && world::RunFolder::is_there(group->second) &&
      world::RunFolder::is_up(group->second))
    return group->second;
  return session.chosen_lab();
}

void demand_group(const az::Arguments& arguments, const std::string& lab) {
  const auto group = arguments.options.find("resource-group");
  if (group != arguments.options.end() && !az::same_name(group->second, lab))
    throw az::refused("ResourceGroupNotFound", "Resource group '" + group->second + "' could not be found.",
                      az::kNotThere);
}

json asked(const std::string& lab, const std::vector<az::Question>& questions) {
  if (questions.empty()) return json::array();
  auto batch = json::array();
  for (const auto& question : questions)
    batch.push_back({{"node", question.node}, {"what", question.what}, {"text", question.text}});
  return lab::RemoteLab::attach(lab).ask(std::move(batch));
}

json answered(const az::Arguments& arguments, const std::string& lab) {
  auto topology = model::read(world::RunFolder::path_of(lab) / "topology.json");
  topology.name = lab;
  const az::Query query{topology, arguments.options};
  const auto& command = *arguments.command;
  const az::Answers answers(asked(lab, command.ask == nullptr ? std::vector<az::Question>{} : command.ask(query)));
  auto value = command.answer(query, answers);
  return arguments.shape == az::Shape::k2021 ? az::as_in_2021(std::move(value), command.path) : value;
}

sys::Output run_jp(const std::string& query, const json& value) {
  try {
    return sys::run({"jp", "--", query}, {.input = value.dump()});
  } catch (const HostError&) {
    throw HostError("--query needs jp, JMESPath's own command line, which is not installed", "apt-get install jp");
  }
}

json queried(const std::string& query, const json& value) {
  if (query.empty()) return value;
  const auto done = run_jp(query, value);
  if (done.status == 0) return json::parse(done.out);
  const auto words = done.err.substr(0, done.err.find('\n'));
  if (done.err.find("SyntaxError") != std::string::npos)
    throw az::usage(
        fmt::format("argument --query: invalid jmespath_type value: '{}'\nTo learn more about --query, "
                    "please visit: 'https://docs.microsoft.com/cli/azure/query-azure-cli'",
                    query));
  throw az::Refusal("Invalid jmespath query supplied for `--query`: " + words, az::kRefused);
}

int az_main(const std::vector<std::string>& words, const Session& session) {
  const auto arguments = az::parse(words);
  if (arguments.command == nullptr || !arguments.help.empty()) {
    print("{}", arguments.help);
    return kPass;
  }
  const auto lab = lab_of(arguments, session);
  demand_group(arguments, lab);
  if (arguments.command->preview && !arguments.only_errors)
    tell(
        "WARNING: This command is in preview and under development. Reference and support levels: "
        "https://aka.ms/CLI_refstatus\n");
  const auto value = queried(arguments.query, answered(arguments, lab));
  const bool colour = wants_colour(STDOUT_FILENO);
  const auto text = az::text_of(value, arguments, colour);
  print("{}", colour && arguments.output == "jsonc" ? text : printable_lines(text));
  return kPass;
}

int az_or_error(const std::vector<std::string>& words, const Session& session) {
  try {
    return az_main(words, session);
  } catch (const az::Refusal& refusal) {
    tell("ERROR: {}\n", printable_lines(refusal.what()));
    return refusal.exit_code();
  }
}

}  // namespace

void add_az(Verb app, Session& session) {
  const auto verb = app.add("az", "Query the lab as you would Azure: xconn az network express-route list");
  add_lab_option(verb, session);
  verb.take_the_rest();
  verb.footer(
      az::parse({}).help +
      "\nExit codes: 0 answered, 1 refused, 2 wrong command line, 3 no such resource, 4 the host lacks something.");
  on_chosen(verb, session, [verb, &session] { return az_or_error(verb.remaining(), session); });
}

}  // namespace xconn::cli
