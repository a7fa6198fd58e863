// Shell completion, written from the verbs and options that there are, so that it cannot be out of date.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/session.hh"
#include "faults/kinds.hh"

namespace xconn::cli {
namespace {

std::string words_of(const CLI::App& verb) {
  std::string words;
  for (const auto* option : verb.get_options())
    for (const auto& name : option->get_lnames()) words += " --" + name;
  return words.empty() ? words : words.substr(1);
}

std::string verb_names(const CLI::App& app) {
  std::string names;
  for (const auto* verb : app.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); }))
    names += (names.empty() ? "" : " ") + verb->get_name();
  return names;
}

std::string fault_words() {
  std::string words = "list heal kinds";
  for (const auto& kind : faults::kinds()) words += " " + std::string(kind.name);
  return words;
}

std::string bash(const CLI::App& app) {
  std::string cases;
  for (const auto* verb : app.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); }))
    cases += fmt::format("    {}) words=\"{}\" ;;\n", verb->get_name(),
                         words_of(*verb) + (verb->get_name() == "fault" ? " " + fault_words() : ""));
  return fmt::format(
      "_xconn() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} words=\n"
      "  if [ \"$COMP_CWORD\" = 1 ]; then words=\"{}\"; else case ${{COMP_WORDS[1]}} in\n{}  esac; fi\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
      "  [ -n \"${{COMPREPLY[*]}}\" ] || mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
      "}}\n"
      "complete -o filenames -F _xconn xconn\n",
      verb_names(app), cases);
}

std::string fish(const CLI::App& app) {
  std::string out;
  for (const auto* verb : app.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); })) {
    out += fmt::format("complete -c xconn -n __fish_use_subcommand -a {} -d \"{}\"\n", verb->get_name(),
                       verb->get_description());
    for (const auto* option : verb->get_options())
      for (const auto& name : option->get_lnames())
        out += fmt::format("complete -c xconn -n \"__fish_seen_subcommand_from {}\" -l {} -d \"{}\"\n",
                           verb->get_name(), name, option->get_description());
  }
  return out;
}

std::string completion(const CLI::App& app, const std::string& shell) {
  if (shell == "fish") return fish(app);
  return (shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "") + bash(app);
}

}  // namespace

void add_completion(CLI::App& app, Session& session) {
  auto& verb = *app.add_subcommand("completion", "Print a completion script: source <(xconn completion bash)");
  auto shell = std::make_shared<std::string>("bash");
  verb.add_option("shell", *shell, "bash, zsh or fish [bash]")->check(CLI::IsMember({"bash", "zsh", "fish"}));
  on_chosen(verb, session, [shell, &app] {
    fmt::print("{}", completion(app, *shell));
    return static_cast<int>(kPass);
  });
}

}  // namespace xconn::cli
