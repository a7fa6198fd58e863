// SPDX-License-Identifier: Apache-2.0
// Verbs about the host and the program itself.
#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/verb.hh"
#include "datapath/doctor.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

Colour colour_of(datapath::State state) {
  return state == datapath::State::kOk         ? Colour::kGreen
         : state == datapath::State::kPortable ? Colour::kYellow
                                               : Colour::kRed;
}

std::string doctor_text(const std::vector<datapath::Feature>& features, bool colour) {
  Table table({"FEATURE", "STATE", "DRIVER", "WHAT WAS TRIED"});
  std::string remedies;
  for (const auto& feature : features) {
    table.add({feature.name, Cell(datapath::to_string(feature.state), colour_of(feature.state)), feature.driver,
               feature.detail});
    if (feature.state == datapath::State::kMissing) remedies += fmt::format("  {}: {}\n", feature.name, feature.remedy);
  }
  return table.text(colour) +
         (remedies.empty() ? "\n  this host has everything that a lab needs\n" : "\n  missing:\n" + remedies);
}

json doctor_json(const std::vector<datapath::Feature>& features) {
  auto out = json::array();
  for (const auto& f : features)
    out.push_back({{"name", f.name},
                   {"state", datapath::to_string(f.state)},
                   {"driver", f.driver},
                   {"detail", f.detail},
                   {"remedy", f.remedy}});
  return out;
}

int doctor(const Session& session) {
  const auto features = datapath::doctor();
  print("{}",
        session.json() ? doctor_json(features).dump(2) + "\n" : doctor_text(features, wants_colour(STDOUT_FILENO)));
  for (const auto& feature : features)
    if (feature.state == datapath::State::kMissing) return kHostLacks;
  return kPass;
}

}  // namespace

void add_doctor(Verb app, Session& session) {
  const auto verb =
      app.add("doctor", "Try what this host can do, feature by feature, and say how to fix what is missing");
  on_chosen(verb, session, [&session] { return doctor(session); });
}

void add_version(Verb app, Session& session) {
  const auto verb = app.add("version", "Print the version");
  on_chosen(verb, session, [&session] {
    print("{}\n", session.json() ? json{{"version", XCONN_VERSION}}.dump() : "xconn " XCONN_VERSION);
    return static_cast<int>(kPass);
  });
}

}  // namespace xconn::cli
