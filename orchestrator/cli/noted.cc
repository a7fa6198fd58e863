// SPDX-License-Identifier: Apache-2.0
#include "cli/noted.hh"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "cli/session.hh"
#include "sys/fd.hh"
#include "sys/file.hh"
#include "world/run_folder.hh"

namespace xconn::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json command_line() {
  auto words = json::array();
  std::istringstream all(sys::read_file("/proc/self/cmdline"));
  for (std::string word; std::getline(all, word, '\0');) words.push_back(word);
  words.at(0) = "xconn";
  return words;
}

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

fs::path file_of(const std::string& lab) { return world::RunFolder::path_of(lab) / "verbs.jsonl"; }

/// Bad where nobody wants to know.
sys::Fd open_notes(const std::string& lab) {
  return sys::Fd(::open(file_of(lab).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
}

/// In one write, so that lines of two who append at once do not mix.
void note(const sys::Fd& out, const char* key, const json& value) {
  const auto text = json{{"at", now()}, {key, value}}.dump(-1, ' ', true, json::error_handler_t::replace) + "\n";
  [[maybe_unused]] const auto written = ::write(out.get(), text.data(), text.size());
}

/// Notes what comes before it passes it on.
void pass_on(int from, int to, const sys::Fd& notes) {
  constexpr std::size_t kLongest = 4096;  // of a command (train/commands.py)
  std::string piece(kLongest, '\0');
  for (ssize_t size = 0; (size = ::read(from, piece.data(), kLongest)) > 0;) {
    const auto read = piece.substr(0, static_cast<std::size_t>(size));
    note(notes, "piped", read);
    sys::write_all(to, read, "the shell's input");
  }
}

/// Our standard input becomes a pipe, which a process fills that ends with us.
void note_what_is_piped(const sys::Fd& notes) {
  std::array<int, 2> ends{};
  sys::check(::pipe2(ends.data(), O_CLOEXEC), "create pipe");
  sys::Fd mine(ends[0]), theirs(ends[1]);
  const auto child = ::fork();
  sys::check(child, "fork");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::signal(SIGINT, SIG_IGN);  // for what runs in the shell
    mine.reset();
    try {
      pass_on(STDIN_FILENO, theirs.get(), notes);
    } catch (const std::exception&) {  // the shell has ended
    }
    ::_exit(0);
  }
  sys::check(::dup2(mine.get(), STDIN_FILENO), "use pipe");
}

/// bash appends each command to it before the next prompt, with its time.
void keep_history(const fs::path& file) {
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, std::string>>{
           {"HISTFILE", file}, {"HISTTIMEFORMAT", "%T "}, {"HISTSIZE", "100000"}, {"PROMPT_COMMAND", "history -a"}})
    ::setenv(name, value.c_str(), 1);
  ::unsetenv("HISTCONTROL");
}

/// Not /dev/null. Of a guest only a pipe: what else it may not have is told later (world/guest.cc).
bool is_piped(bool is_guest) {
  struct stat status {};
  if (::fstat(STDIN_FILENO, &status) != 0) return false;
  return is_guest ? S_ISFIFO(status.st_mode) : !S_ISCHR(status.st_mode) && !S_ISDIR(status.st_mode);
}

}  // namespace

void note_command_line(const std::string& lab) noexcept try {
  if (!from_environment("XCONN_NOTED", "").empty()) return;
  if (const auto notes = open_notes(lab)) note(notes, "argv", command_line());
} catch (const std::exception&) {
}

void note_shell(const std::string& lab, bool is_guest) {
  const auto notes = open_notes(lab);
  if (!notes) return;
  if (is_piped(is_guest)) return note_what_is_piped(notes);
  if (!is_guest && ::isatty(STDIN_FILENO) == 1) keep_history(fs::read_symlink(file_of(lab)).parent_path() / "history");
}

}  // namespace xconn::cli
