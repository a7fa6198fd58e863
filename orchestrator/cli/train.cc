// SPDX-License-Identifier: Apache-2.0
// `xconn train ...`, `xconn mcp` and `xconn exam ...`: the doors to the Python package's exercises (decision 14). The
// table below is what help, completion and the man pages know of them; the words go to Python as they were meant.
#include "cli/train.hh"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <system_error>

#include "base/errors.hh"
#include "cli/session.hh"
#include "sys/installation.hh"

namespace xconn::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPython = "/usr/bin/python3";

struct TrainOption {
  const char* name;
  const char* about;
  bool is_flag = false;
};

struct TrainVerb {
  const char* name;
  const char* about;
  std::vector<TrainOption> places;  ///< positionals; "NAME..." takes all that are left
  std::vector<TrainOption> options;
  bool of_attempt = false;  ///< it takes the options that choose an attempt
};

const TrainOption kFolder{"--folder", "Folder of the attempts [$XCONN_TRAIN, or /var/lib/crossconnect/train]"};
const TrainOption kAttempt{"-a,--attempt", "Which attempt; not needed while only one is in progress"};

const TrainOption kExercise{"-e,--exercise", "Which exercise; not needed while only one is in progress"};

// In practice and in an exam.
const TrainVerb kTicket{"ticket", "Print the ticket again", {}, {}, true};
const TrainVerb kHint{"hint", "Print the next hint, which costs points", {}, {}, true};
const TrainVerb kAnswer{"answer",
                        "Name the cause, whether or not it is fixed",
                        {},
                        {{"--where", "NODE, NODE:INTERFACE or KIND/NAME"}, {"--what", "The kind of cause, or nothing"}},
                        true};
const TrainVerb kCheck{
    "check", "Check that the symptom is gone, the backup path works and nothing else got worse", {}, {}, true};

std::vector<TrainVerb> student_verbs() {
  return {{"list", "List the exercises", {}, {}},
          {"start",
           "Bring an exercise's lab up and print its ticket, or resume an attempt",
           {{"exercise", "The exercise's name"}},
           {{"--student", "The student's name [the user]"},
            {"--seed", "Selects the variant; without it, the student's name selects it"},
            kFolder,
            {"--again", "Start over; the earlier attempt is kept", true}}},
          {"status",
           "Show the state of an attempt: time, hints, answers, points",
           {},
           {{"--watch", "Keep checking the symptoms until all have been gone for ten seconds", true}},
           true},
          kTicket,
          kHint,
          kAnswer,
          kCheck,
          {"solution", "Print the explanation with its source; finishes the attempt", {}, {}, true},
          {"checkpoint",
           "Catch up, at a price: found tells the cause, fixed puts the fix in",
           {{"stage", "found or fixed"}},
           {},
           true},
          {"stop", "Take the lab down; start resumes the attempt", {}, {}, true},
          {"exec",
           "Run a command in a node that the ticket gives access to",
           {{"node", "The node"}, {"command...", "The command and its arguments"}},
           {},
           true},
          {"shell",
           "Open a shell that records what is typed, in a node if one is given",
           {{"[node]", "The node"}},
           {},
           true},
          {"page",
           "Print the report of a finished attempt: cause, timeline, commands, fix and explanation (Markdown)",
           {},
           {{"--report", "Write it to a file instead: .html, which loads nothing, or .md"}},
           true}};
}

std::vector<TrainVerb> teacher_verbs() {
  return {{"class",
           "List all attempts in a folder",
           {{"folder", "The folder"}},
           {{"--csv", "As CSV", true},
            {"--verify", "Tell which attempts were changed afterwards, by their signed logs", true}}},
          {"validate",
           "Check exercises, and find words in them that give the cause away",
           {{"[exercise...]", "Folders or names [all]"}},
           {{"--trial",
             "Bring each up and test that its check fails while broken, passes once solved and fails after wrong fixes",
             true}}},
          {"schema", "The JSON schema of exercise.yaml, for editors", {}, {}},
          {"exam",
           "Open, show or close an exam, or print the line of sudoers that lets students in",
           {{"what", "open, show, close or sudoers"}, {"[exercise...]", "open: the exercises"}},
           {{"--students", "Their accounts, as ada,ben or %group"},
            {"--until", "When it ends: 12:30, or 2026-02-03T12:30"},
            {"--seed", "Selects the variant; without it, the student's name selects it"}}}};
}

std::vector<TrainVerb> exam_verbs() {
  return {{"list", "List the exercises, and say when the exam ends", {}, {}},
          {"start",
           "Bring an exercise's lab up and print its ticket, or resume it",
           {{"exercise", "The exercise's name"}},
           {}},
          kTicket,
          {"status", "Show the state of your attempt: time, hints, answers, points", {}, {}, true},
          kHint,
          kAnswer,
          kCheck,
          {"inspect", "Show the lab, or one of its nodes, as it is now", {{"[node]", "The node"}}, {}, true},
          {"az", "Query the lab as you would Azure", {{"command...", "The command, as of xconn az"}}, {}, true},
          {"exec",
           "Run a command in a node that the ticket gives access to, as yourself",
           {{"node", "The node"}, {"command...", "The command and its arguments"}},
           {},
           true},
          {"shell", "Open a shell in such a node, which keeps what is typed", {{"node", "The node"}}, {}, true}};
}

bool has_package(const fs::path& folder) { return fs::exists(folder / "crossconnect" / "train" / "__main__.py"); }

/// Where Python packages may be, seen from the folder of programs: a build tree, a prefix, the distribution.
std::vector<fs::path> package_folders(const fs::path& bin) {
  std::vector<fs::path> folders{bin / "../python"};
  std::error_code none;
  for (const auto& library : {bin / "../lib", fs::path("/usr/lib")})
    for (const auto& entry : fs::directory_iterator(library, none))
      if (entry.path().filename().string().starts_with("python3"))
        for (const auto* kind : {"dist-packages", "site-packages"}) folders.push_back(entry.path() / kind);
  return folders;
}

fs::path find_package() {
  for (const auto& folder : package_folders(sys::own_folder()))
    if (has_package(folder)) return folder.lexically_normal();
  throw HostError("exercises need the Python package of Crossconnect, which is not installed",
                  "apt-get install python3-crossconnect");
}

void prepend(const char* variable, const std::string& folder) {
  const auto before = from_environment(variable, "");
  ::setenv(variable, (before.empty() ? folder : folder + ":" + before).c_str(), 1);
}

std::string long_name(const CLI::Option& option) {
  return option.get_lnames().empty() ? "" : "--" + option.get_lnames().front();
}

void append_options(const CLI::App& verb, std::vector<std::string>& words) {
  for (const auto* option : verb.get_options()) {
    if (option->get_positional() || option->count() == 0) continue;
    if (option->get_items_expected_max() == 0)
      words.push_back(long_name(*option));
    else
      words.push_back(long_name(*option) + "=" + option->as<std::string>());
  }
}

void append_places(const CLI::App& verb, std::vector<std::string>& words) {
  std::vector<std::string> places;
  for (const auto* option : verb.get_options())
    if (option->get_positional()) places.insert(places.end(), option->results().begin(), option->results().end());
  if (places.empty()) return;
  words.emplace_back("--");
  words.insert(words.end(), places.begin(), places.end());
}

/// Becomes Python, with what was parsed: options first, then "--" and the places.
int become_python(const CLI::App& verb, const Session& session, const std::string& module = "crossconnect.train") {
  const auto folder = find_package();
  prepend("PYTHONPATH", folder.string());
  ::setenv("XCONN", sys::own_program().c_str(), 1);
  ::setenv("XCONN_FORMAT", session.format.c_str(), 1);
  std::vector<std::string> words{kPython, "-P", "-m", module, verb.get_name()};
  append_options(verb, words);
  append_places(verb, words);
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(kPython, argv.data());
  if (errno == E2BIG)
    throw Error(verb.get_name() + ": argument list too long; a word may have 128 KiB; write shorter ones");
  throw HostError(std::string(kPython) + " cannot be run: " + std::generic_category().message(errno),
                  "apt-get install python3");
}

bool is_plain(const std::string& word) {
  return std::ranges::all_of(word, [](unsigned char each) { return std::isalnum(each) != 0 || each == '-'; });
}

/// sudo leaves a student's variables out; we do not rely on it.
void forget_environment() {
  const auto uid = from_environment("SUDO_UID", ""), terminal = from_environment("TERM", "");
  ::clearenv();
  ::setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
  ::setenv("LANG", "C.UTF-8", 1);
  ::setenv("SUDO_UID", uid.c_str(), 1);
  if (is_plain(terminal)) ::setenv("TERM", terminal.c_str(), 1);
}

int become_door(const CLI::App& verb, const Session& session) {
  forget_environment();
  return become_python(verb, session, "crossconnect.train.door");
}

void add_option(CLI::App& verb, const TrainOption& option) {
  if (option.is_flag)
    verb.add_flag(option.name, option.about);
  else
    verb.add_option(option.name)->description(option.about)->type_name("TEXT");
}

void add_place(CLI::App& verb, const TrainOption& place) {
  std::string name = place.name;
  const bool optional = name.starts_with('['), many = name.find("...") != std::string::npos;
  std::erase_if(name, [](char each) { return each == '[' || each == ']' || each == '.'; });
  auto* option =
      many ? verb.add_option_function<std::vector<std::string>>(name, [](const auto&) {}) : verb.add_option(name);
  option->description(place.about)->required(!optional);
}

CLI::App& add_train_verb(CLI::App& group, const TrainVerb& row, const std::vector<TrainOption>& of_attempt) {
  auto& verb = *group.add_subcommand(row.name, row.about);
  for (const auto& place : row.places) add_place(verb, place);
  for (const auto& option : row.options) add_option(verb, option);
  if (row.of_attempt)
    for (const auto& option : of_attempt) add_option(verb, option);
  if (!row.places.empty() && std::string_view(row.places.back().name).ends_with("..."))
    verb.positionals_at_end();  // the options among them are a command's own
  return verb;
}

}  // namespace

std::vector<std::string> exercise_names() {
  std::set<std::string> names;
  std::error_code none;
  for (const fs::path& library :
       {fs::path(from_environment("XCONN_EXERCISES", "")), sys::share_below(sys::own_folder()) / "exercises"})
    for (const auto& folder : fs::directory_iterator(library, none))
      if (fs::exists(folder.path() / "exercise.yaml")) names.insert(folder.path().filename());
  return {names.begin(), names.end()};
}

void add_train(Verb root, Session& session) {
  auto& app = root.app();
  auto& group = *app.add_subcommand("train", "Learn by fixing broken networks: tickets, hints, checks and points");
  group.require_subcommand(1);
  for (const auto& rows : {student_verbs(), teacher_verbs()})
    for (const auto& row : rows) {
      auto& verb = add_train_verb(group, row, {kFolder, kAttempt});
      on_chosen(verb, session, [&verb, &session] { return become_python(verb, session); });
    }
}

void add_exam(Verb root, Session& session) {
  auto& app = root.app();
  auto& group = *app.add_subcommand("exam", "Sit an exam: the labs are root's, and you work in them as yourself");
  group.require_subcommand(1);
  for (const auto& row : exam_verbs()) {
    auto& verb = add_train_verb(group, row, {kExercise});
    on_chosen(verb, session, [&verb, &session] { return become_door(verb, session); });
  }
}

void add_mcp(Verb root, Session& session) {
  auto& app = root.app();
  auto& verb =
      *app.add_subcommand("mcp", "Serve the Model Context Protocol on stdin and stdout: a lab's verbs as tools");
  add_lab_option(verb, session);
  add_option(verb, kFolder);
  add_option(verb, {"-a,--attempt", "An attempt of an exercise: its nodes, its check and its points"});
  add_option(verb, {"--allow-faults", "Faults may be injected and healed", true});
  on_chosen(verb, session, [&verb, &session] { return become_python(verb, session); });
}

}  // namespace xconn::cli
