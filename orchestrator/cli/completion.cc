// The shells' scripts: each asks `xconn complete` (complete.cc), and falls back on file names.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/session.hh"

namespace xconn::cli {
namespace {

// The words are cut out of the line here: bash's own cut at ':' would take "msee1:core" apart. What it replaces begins
// behind the last ':' all the same.
constexpr const char* kBash = R"(_xconn() {
  local line=${COMP_LINE:0:COMP_POINT} words current
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=${words[-1]}
  mapfile -t COMPREPLY < <(xconn complete -- "${words[@]:1}" 2>/dev/null)
  [[ $current == *:* ]] && COMPREPLY=("${COMPREPLY[@]#"${current%:*}:"}")
  [ "${#COMPREPLY[@]}" -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$current")
}
complete -o filenames -F _xconn xconn
)";

constexpr const char* kFish =
    R"(complete -c xconn -a '(xconn complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
)";

std::string completion(const std::string& shell) {
  if (shell == "fish") return kFish;
  return std::string(shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "") + kBash;
}

}  // namespace

void add_completion(CLI::App& app, Session& session) {
  auto& verb = *app.add_subcommand("completion", "Print a completion script: source <(xconn completion bash)");
  auto shell = std::make_shared<std::string>("bash");
  verb.add_option("shell", *shell, "bash, zsh or fish [bash]")->check(CLI::IsMember({"bash", "zsh", "fish"}));
  on_chosen(verb, session, [shell] {
    fmt::print("{}", completion(*shell));
    return static_cast<int>(kPass);
  });
}

}  // namespace xconn::cli
