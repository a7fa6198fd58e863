// SPDX-License-Identifier: Apache-2.0
// The shells' scripts: each asks `xconn complete` (complete.cc), and falls back on file names.

#include <map>

#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/verb.hh"

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

// `source <(xconn completion zsh)` may stand before zsh's own completion has been begun, and as a file _xconn in a
// folder of completions it is called before it has defined anything. zsh takes words with ':' whole.
constexpr const char* kZsh = R"zsh(#compdef xconn
(( $+functions[compdef] )) || { autoload -U compinit && compinit }
_xconn() {
  local -a offered
  offered=(${(f)"$(xconn complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
  (( $#offered )) && compadd -- $offered || _files
}
compdef _xconn xconn
if [[ ${funcstack[1]:-} == _xconn ]] _xconn "$@"
)zsh";

constexpr const char* kFish =
    R"(complete -c xconn -a '(xconn complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
)";

std::string completion(const std::string& shell) {
  static const std::map<std::string, const char*> kScripts{{"bash", kBash}, {"zsh", kZsh}, {"fish", kFish}};
  return kScripts.at(shell);
}

}  // namespace

void add_completion(Verb app, Session& session) {
  const auto verb = app.add("completion", "Print a completion script: source <(xconn completion bash)");
  auto shell = std::make_shared<std::string>("bash");
  verb.option("shell", *shell, "bash, zsh or fish [bash]").one_of({"bash", "zsh", "fish"});
  on_chosen(verb, session, [shell] {
    print("{}", completion(*shell));
    return static_cast<int>(kPass);
  });
}

}  // namespace xconn::cli
