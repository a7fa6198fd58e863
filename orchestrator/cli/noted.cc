// SPDX-License-Identifier: Apache-2.0
#include "cli/noted.hh"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/session.hh"
#include "sys/fd.hh"
#include "sys/file.hh"
#include "world/run_folder.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

json command_line() {
  auto words = json::array();
  std::istringstream all(sys::read_file("/proc/self/cmdline"));
  for (std::string word; std::getline(all, word, '\0');) words.push_back(word);
  words.at(0) = "xconn";
  return words;
}

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

std::string line() {
  return json{{"at", now()}, {"argv", command_line()}}.dump(-1, ' ', true, json::error_handler_t::replace) + "\n";
}

}  // namespace

/// In one write, so that lines of two who append at once do not mix.
void note_command_line(const std::string& lab) noexcept try {
  if (!from_environment("XCONN_NOTED", "").empty()) return;
  const auto file = world::RunFolder::path_of(lab) / "verbs.jsonl";
  const sys::Fd out(::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (out.get() < 0) return;
  const auto text = line();
  [[maybe_unused]] const auto written = ::write(out.get(), text.data(), text.size());
} catch (const std::exception&) {
}

}  // namespace xconn::cli
