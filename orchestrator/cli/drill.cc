// SPDX-License-Identifier: Apache-2.0
#include "drill/drill.hh"

#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/drill_lab.hh"
#include "cli/files.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/verb.hh"
#include "drill/report.hh"
#include "sys/file.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

struct DrillArguments {
  std::vector<std::string> files;
  std::string folder, report;
  bool keep = false;
};

drill::Report run_one(const std::string& word, const DrillArguments& arguments, const Session& session) {
  const DrillFile drill(word);
  Progress progress(session.json());
  progress.step("drill " + drill.name());
  const DrillLab lab(drill, session.lab.value_or(""), progress, arguments.keep);
  return lab.run(drill, arguments.folder, progress);
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

void add_drill(Verb app, Session& session) {
  const auto verb =
      app.add("drill", "Run drills, bringing their lab up if needed, and say what the traffic felt and why");
  auto arguments = std::make_shared<DrillArguments>();
  add_lab_option(verb, session);
  verb.option("file", arguments->files, "Drill files, or names of reference drills: TOPOLOGY/DRILL").required();
  verb.option("--report", arguments->report, "Also write a report: .md, .html, .xml (JUnit), .json or .txt");
  verb.option("--captures", arguments->folder, "Folder for the pcap files of capture expectations");
  verb.flag("--keep", arguments->keep, "Keep the lab that the drill brought up");
  on_chosen(verb, session, [arguments, &session] { return drill(*arguments, session); });
}

}  // namespace xconn::cli
