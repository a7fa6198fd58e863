// SPDX-License-Identifier: Apache-2.0
// `xconn manual FOLDER`: the man pages, one for the program and one for each verb, made from what the command line is
// made of. The build runs it.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/session.hh"
#include "sys/file.hh"

namespace xconn::cli {
namespace {

/// Text as roff shows it unchanged.
std::string roff(const std::string& text) {
  std::string out;
  for (const char each : text)
    if (each == '\\')
      out += "\\e";
    else if (each == '-')
      out += "\\-";
    else
      out += each;
  return (out.starts_with('.') || out.starts_with('\'') ? "\\&" : "") + out;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char each) { return std::toupper(each); });
  return text;
}

std::string section(const std::string& name, const std::string& body) {
  return body.empty() ? "" : fmt::format(".SH {}\n{}", name, body);
}

std::string entry(const std::string& head, const std::string& text) { return fmt::format(".TP\n{}\n{}\n", head, text); }

std::vector<const CLI::App*> shown(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* verb) { return !verb->get_group().empty(); });
}

std::vector<const CLI::Option*> options_of(const CLI::App& verb, bool positional) {
  std::vector<const CLI::Option*> out;
  for (const auto* option : verb.get_options())
    if (option->get_positional() == positional && !option->get_group().empty()) out.push_back(option);
  return out;
}

/// "node", "[topology]", "file ..."
std::string place_of(const CLI::Option& option) {
  const auto name = option.get_name(true) + (option.get_items_expected_max() > 1 ? " ..." : "");
  return option.get_required() ? name : "[" + name + "]";
}

std::string synopsis(const CLI::App& verb, const std::string& command) {
  auto line = fmt::format("\\fB{}\\fR", roff(command));
  for (const auto* place : options_of(verb, true)) line += " " + roff(place_of(*place));
  if (!options_of(verb, false).empty()) line += " [\\fIoption\\fR ...]";
  if (!shown(verb).empty()) line += verb.get_require_subcommand_min() > 0 ? " \\fIverb\\fR ..." : " [\\fIverb\\fR ...]";
  return line + "\n";
}

std::string about(const CLI::Option& option) {
  auto text = roff(option.get_description());
  if (!option.get_envname().empty()) text += fmt::format(" Without it: ${}.", option.get_envname());
  return text;
}

std::string option_entry(const CLI::Option& option) {
  const auto head = fmt::format("\\fB{}\\fR", roff(option.get_name(option.get_positional(), true)));
  const bool has_value = !option.get_positional() && option.get_items_expected_max() > 0;
  return entry(has_value ? head + " \\fI" + roff(option.get_type_name()) + "\\fR" : head, about(option));
}

std::string entries(const CLI::App& verb) {
  std::string out;
  for (const bool positional : {true, false})
    for (const auto* option : options_of(verb, positional)) out += option_entry(*option);
  return out;
}

/// A verb's own verbs, each with its options below it.
std::string verbs_below(const CLI::App& verb, const std::string& command) {
  std::string out;
  for (const auto* below : shown(verb)) {
    const auto called = command + " " + below->get_name();
    out += fmt::format(".SS {}\n{}\n.PP\n{}", roff(below->get_name()), roff(below->get_description()),
                       synopsis(*below, called));
    out += entries(*below) + verbs_below(*below, called);
  }
  return out;
}

std::string head(const std::string& name, const std::string& description) {
  return fmt::format(".TH {} 1 \"\" \"Crossconnect {}\" \"Crossconnect\"\n.SH NAME\n{} \\- {}\n", upper(roff(name)),
                     XCONN_VERSION, roff(name), roff(description));
}

std::string verb_page(const CLI::App& app, const CLI::App& verb) {
  const auto command = "xconn " + verb.get_name();
  std::string aliases;
  for (const auto& alias : verb.get_aliases()) aliases += synopsis(verb, "xconn " + alias);
  return head("xconn-" + verb.get_name(), verb.get_description()) +
         section("SYNOPSIS", synopsis(verb, command) + (aliases.empty() ? "" : ".br\n" + aliases)) +
         section("OPTIONS", entries(verb)) + section("VERBS", verbs_below(verb, command)) +
         section("EXIT STATUS", roff(app.get_footer()) + "\n") + section("SEE ALSO", ".BR xconn (1)\n");
}

std::string program_page(const CLI::App& app) {
  std::string verbs, others;
  for (const auto* verb : shown(app)) {
    verbs += entry(fmt::format("\\fB{}\\fR", roff(verb->get_name())), roff(verb->get_description()));
    others += fmt::format("{}.BR xconn\\-{} (1)", others.empty() ? "" : ",\n", roff(verb->get_name()));
  }
  return head("xconn", app.get_description()) +
         section("SYNOPSIS", "\\fBxconn\\fR \\fIverb\\fR [\\fIoption\\fR ...]\n") + section("VERBS", verbs) +
         section("EXIT STATUS", roff(app.get_footer()) + "\n") + section("SEE ALSO", others + "\n");
}

int write_manual(const CLI::App& app, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  sys::write_output(folder / "xconn.1", program_page(app));
  for (const auto* verb : shown(app))
    sys::write_output(folder / ("xconn-" + verb->get_name() + ".1"), verb_page(app, *verb));
  return kPass;
}

}  // namespace

void add_manual(Verb root, Session& session) {
  auto& app = root.app();
  auto& verb = *app.add_subcommand("manual", "")->group("");  // hidden: the build runs it
  auto folder = std::make_shared<std::string>();
  verb.add_option("folder", *folder)->required();
  on_chosen(verb, session, [&app, folder] { return write_manual(app, *folder); });
}

}  // namespace xconn::cli
