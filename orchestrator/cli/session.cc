#include "cli/session.hh"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "world/run_folder.hh"

namespace xconn::cli {

std::string Session::chosen_lab() const { return world::choose_lab(lab); }

void add_lab_option(CLI::App& verb, Session& session) {
  verb.add_option("-l,--lab", session.lab, "Name of the lab; not needed while only one is up")->envname("XCONN_LAB");
}

void on_chosen(CLI::App& verb, Session& session, std::function<int()> action) {
  verb.callback([&session, action = std::move(action)] { session.action = action; });
}

std::string own_program() { return std::filesystem::read_symlink("/proc/self/exe"); }

}  // namespace xconn::cli
