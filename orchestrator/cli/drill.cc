#include "drill/drill.hh"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/errors.hh"
#include "cli/files.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/topology.hh"
#include "drill/report.hh"
#include "lab/remote.hh"
#include "plan/difference.hh"
#include "sys/file.hh"
#include "sys/signals.hh"
#include "world/run_folder.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

struct DrillArguments {
  std::vector<std::string> files;
  std::string folder, report;
  bool keep = false;
};

/// A lab for a drill: the one that is up, or one that lives as long as the drill.
class DrillLab {
 public:
  DrillLab(const drill::Drill& drill, const Session& session, Progress& progress, bool keep) : keep_(keep) {
    const auto plan = read_plan(drill.topology, session.lab.value_or(""));
    name_ = plan.lab;
    if (world::RunFolder::is_up(name_)) {
      demand_same(plan);
      keep_ = true;
      return;
    }
    tell_of_commands(plan);
    if (!keep_) signals_.emplace();
    lab::RemoteLab::up(plan, {.program = own_program()},
                       [&](const json& step) { progress.step(step.get<std::string>()); });
  }
  ~DrillLab() {
    if (!keep_) lab::RemoteLab::down(name_);
  }
  DrillLab(const DrillLab&) = delete;
  DrillLab& operator=(const DrillLab&) = delete;
  lab::RemoteLab remote() const { return lab::RemoteLab::attach(name_); }
  bool ends_with_drill() const { return !keep_; }
  const sys::Signals* signals() const { return signals_ ? &*signals_ : nullptr; }

 private:
  /// A verdict on another network would mislead.
  static void demand_same(const plan::Plan& plan) {
    const auto running = sys::read_file((world::RunFolder::path_of(plan.lab) / "plan.json").string());
    const auto changes = plan::difference(plan::from_json(json::parse(running)), plan);
    if (!changes.empty())
      throw Error(
          fmt::format("lab {} is up with another topology than the drill's ({} differences, the first: {}); take "
                      "it down, or give the drill a lab of its own with --lab NAME",
                      plan.lab, changes.size(), plan::to_string(changes.front())));
  }

  std::string name_;
  bool keep_;
  std::optional<sys::Signals> signals_;  // of a lab that ends with the drill: Ctrl-C ends it, too
};

std::string event_step(const json& event) {
  return fmt::format("{} {}: {}", event["source"].get<std::string>(), event["node"].get<std::string>(),
                     event["text"].get<std::string>());
}

drill::Report run_one(const std::string& file, const DrillArguments& arguments, const Session& session) {
  const auto text = drill::text_of_file(file);
  const auto drill = drill::read_text(text, file);
  Progress progress(session.json());
  progress.step("drill " + drill.name);
  const DrillLab lab(drill, session, progress, arguments.keep);
  const auto folder = arguments.folder.empty() ? "" : std::filesystem::absolute(arguments.folder).string();
  return drill::from_json(lab.remote().drill(
      {text, file, folder, lab.ends_with_drill()}, [&](const json& event) { progress.step(event_step(event)); },
      lab.signals()));
}

/// The report files, by their ending.
void write_report(const std::string& file, const std::vector<drill::Report>& reports) {
  const auto ending = std::filesystem::path(file).extension();
  std::string text;
  if (ending == ".xml") {
    text = drill::to_junit(reports);
  } else if (ending == ".json") {
    auto all = json::array();
    for (const auto& report : reports) all.push_back(drill::to_json(report));
    text = all.dump(2) + "\n";
  } else {
    for (const auto& report : reports)
      text += ending == ".html" ? drill::to_html(report)
              : ending == ".md" ? drill::to_markdown(report)
                                : drill::to_text(report);
  }
  sys::write_output(file, text);
}

/// A drill that failed weighs more than one that could not tell.
int worse(int a, int b) { return a == kFail || b == kFail ? kFail : std::max(a, b); }

int drill(const DrillArguments& arguments, const Session& session) {
  if (!arguments.report.empty()) demand_writable("--report", arguments.report);
  if (!arguments.folder.empty()) demand_folder_of_agent("--captures", arguments.folder);
  std::vector<drill::Report> reports;
  int status = kPass;
  for (const auto& file : arguments.files) {
    reports.push_back(run_one(file, arguments, session));
    const auto& report = reports.back();
    status = worse(status, drill::exit_code(report.verdict));
    print("{}",
          session.json() ? drill::to_json(report).dump(2) + "\n" : drill::to_text(report, wants_colour(STDOUT_FILENO)));
  }
  if (!arguments.report.empty()) write_report(arguments.report, reports);
  return status;
}

}  // namespace

void add_drill(CLI::App& app, Session& session) {
  auto& verb = *app.add_subcommand(
      "drill", "Run drills and say what the traffic felt and why; brings their lab up if it is not");
  auto arguments = std::make_shared<DrillArguments>();
  add_lab_option(verb, session);
  verb.add_option("file", arguments->files, "Drill files")->required();
  verb.add_option("--report", arguments->report, "Also write a report: .md, .html, .xml (JUnit), .json or .txt");
  verb.add_option("--captures", arguments->folder, "Folder for the pcap files of capture expectations");
  verb.add_flag("--keep", arguments->keep, "Leave a lab that the drill brought up");
  on_chosen(verb, session, [arguments, &session] { return drill(*arguments, session); });
}

}  // namespace xconn::cli
