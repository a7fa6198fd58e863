// SPDX-License-Identifier: Apache-2.0
#include "importing/import.hh"

#include <fmt/ranges.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/address.hh"
#include "base/input.hh"
#include "base/text.hh"
#include "cli/files.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/verb.hh"
#include "sys/file.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

struct ImportArguments {
  std::vector<std::string> files;
  std::string output = "topology.yaml", name, region;
  bool force = false, check = false;
};

/// All of them; throws TopologyError with every one that cannot be read.
std::vector<importing::Text> read_files(const std::vector<std::string>& files) {
  std::vector<importing::Text> texts;
  std::vector<Finding> findings;
  for (const auto& file : files) {
    auto read =
        file == "-" ? read_input(STDIN_FILENO, importing::kLargestFile) : read_input(file, importing::kLargestFile);
    if (auto* text = std::get_if<std::string>(&read))
      texts.push_back({file == "-" ? "standard input" : file, std::move(*text)});
    else
      findings.push_back(
          {{file, 0, 0}, "input", "", "", std::get<Unreadable>(read).rule, std::get<Unreadable>(read).remedy, ""});
  }
  if (!findings.empty()) throw TopologyError(std::move(findings));
  return texts;
}

/// The lab is called as the folder that the topology stands in, as topologies without a name are.
std::string name_of(const ImportArguments& arguments) {
  if (!arguments.name.empty()) return arguments.name;
  const auto folder = std::filesystem::absolute(arguments.output).lexically_normal().parent_path().filename().string();
  return arguments.output != "-" && is_object_name(folder) ? folder : "imported";
}

json to_json(const importing::Note& note) {
  json out{{"file", note.where.file}, {"line", note.where.line}, {"column", note.where.column},
           {"object", note.object},   {"field", note.field},     {"value", note.value},
           {"reason", note.reason},   {"instead", note.instead}};
  if (!note.names.empty()) out["names"] = note.names;
  return out;
}

struct Part {
  importing::Outcome outcome;
  const char* word;
};
constexpr Part kParts[] = {{importing::Outcome::kMade, "made"},
                           {importing::Outcome::kAssumed, "assumed"},
                           {importing::Outcome::kLeftOut, "left out"}};

json check_json(const importing::Imported& imported) {
  json out{{"carried", json::array()}};
  for (const auto& [what, names] : imported.carried) out["carried"].push_back({{"what", what}, {"names", names}});
  for (const auto& part : kParts) {
    auto& notes = out[part.word] = json::array();
    for (const auto& note : imported.notes)
      if (note.outcome == part.outcome) notes.push_back(to_json(note));
  }
  return out;
}

void print_row(const std::string& part, const std::string& what, const std::string& words) {
  print("  {:<9} {:<24} {}\n", part, printable(what), printable(words));
}

/// One row a type that was carried over, and one a note.
void print_check(const importing::Imported& imported) {
  for (const auto& [what, names] : imported.carried)
    print_row("carried", what + " (" + std::to_string(names.size()) + ")", fmt::format("{}", fmt::join(names, ", ")));
  for (const auto& part : kParts)
    for (const auto& note : imported.notes)
      if (note.outcome == part.outcome)
        print_row(part.word, note.object + (note.field.empty() ? "" : " " + note.field),
                  note.reason + (note.instead.empty() ? "" : "; " + note.instead));
}

int run_check(const importing::Imported& imported, const Session& session) {
  if (session.json())
    print("{}\n", check_json(imported).dump(2, ' ', false, json::error_handler_t::replace));
  else
    print_check(imported);
  return kPass;
}

void demand_free(const ImportArguments& arguments) {
  if (arguments.output != "-") demand_writable("--output", arguments.output);
  if (arguments.force || arguments.output == "-" || !std::filesystem::exists(arguments.output)) return;
  throw TopologyError(
      {{{arguments.output, 0, 0}, "output", "", "", "is there already", "give --force, or another -o", ""}});
}

int run_import(const ImportArguments& arguments, const Session& session) {
  if (!arguments.check) demand_free(arguments);
  const auto imported = importing::import_texts(read_files(arguments.files), name_of(arguments), arguments.region);
  if (arguments.check) return run_check(imported, session);
  const bool to_stdout = arguments.output == "-";
  if (!to_stdout) sys::write_output(arguments.output, imported.topology, 0600);  // it may hold keys
  if (session.json()) {
    auto notes = json::array();
    for (const auto& note : imported.notes) notes.push_back(to_json(note));
    json out{{"topology", to_stdout ? imported.topology : arguments.output}, {"notes", notes}};
    print("{}\n", out.dump(2, ' ', false, json::error_handler_t::replace));
    return kPass;
  }
  for (const auto& note : imported.notes) tell("  {}\n", printable(importing::to_string(note)));
  if (to_stdout) print("{}", imported.topology);
  tell("  {}: {} note{}\n", to_stdout ? "topology" : arguments.output, imported.notes.size(),
       imported.notes.size() == 1 ? "" : "s");
  return kPass;
}

}  // namespace

void add_import(Verb app, Session& session) {
  const auto verb = app.add("import",
                            "Convert JSON of `az network ...`, ARM templates, Terraform plans or "
                            "state; says what it could not carry over");
  auto arguments = std::make_shared<ImportArguments>();
  verb.option("file", arguments->files, "JSON files of any kind; several make one topology; - is standard input")
      .required();
  verb.option("-o,--output", arguments->output, "File to write the topology to; - is standard output [topology.yaml]");
  verb.option("--name", arguments->name, "The lab's name [the folder's]");
  verb.option("--region", arguments->region, "The region of VNets for which no file says one: northeurope");
  verb.flag("--check", arguments->check, "Write nothing; print what was carried, made, assumed and left out");
  verb.flag("--force", arguments->force, "Overwrite an existing topology");
  on_chosen(verb, session, [arguments, &session] { return run_import(*arguments, session); });
}

}  // namespace xconn::cli
