// SPDX-License-Identifier: Apache-2.0
// A topology and recorded answers for the tests of `az`: what the daemons and the kernel of `private-peering` said.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "az/arguments.hh"
#include "az/print.hh"
#include "az/shape.hh"
#include "model/read.hh"
#include "tests/source_dir.hh"

namespace xconn::az {

inline model::Topology topology() {
  auto read = model::read(std::string(kSourceDir) + "/topologies/private-peering");
  model::Vnet spoke;
  spoke.name = "vnet1";
  spoke.region = "eastus";
  spoke.address_space = {*Prefix::parse("10.0.100.32/27")};
  spoke.peerings = {{.name = "to-hub", .remote = "erspvnetcust1", .use_remote_gateways = true}};
  read.vnets.push_back(spoke);
  read.vnets.front().peerings = {{.name = "to-spoke",
                                  .remote = "vnet1",
                                  .allow_vnet_access = true,
                                  .allow_forwarded_traffic = true,
                                  .allow_gateway_transit = true}};
  return read;
}

inline std::vector<std::string> words(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

/// What was answered, by node and the beginning of what was asked.
using Lab = std::vector<std::pair<std::string, nlohmann::json>>;

inline nlohmann::json answered(const std::vector<Question>& questions, const Lab& lab) {
  auto out = nlohmann::json::array();
  for (const auto& question : questions) {
    nlohmann::json answer{{"error", question.node + ": no answer"}};
    for (const auto& [key, value] : lab)
      if ((question.node + " " + question.what + " " + question.text).starts_with(key)) answer = {{"answer", value}};
    out.push_back(answer);
  }
  return out;
}

inline nlohmann::json run(const std::string& line, const Lab& lab = {}, const model::Topology& of = topology()) {
  const auto arguments = parse(words(line));
  const Query query{of, arguments.options};
  const auto& command = *arguments.command;
  const Answers answers(answered(command.ask == nullptr ? std::vector<Question>{} : command.ask(query), lab));
  auto value = command.answer(query, answers);
  return arguments.shape == Shape::k2021 ? as_in_2021(value, command.path) : value;
}

inline std::string printed(const std::string& line, const Lab& lab = {}, const std::string& query = {}) {
  auto arguments = parse(words(line));
  arguments.query = query;
  return text_of(run(line, lab), arguments, false);
}

inline std::vector<std::string> keys(const nlohmann::json& object) {
  std::vector<std::string> out;
  for (const auto& [key, value] : object.items()) out.push_back(key);
  return out;
}

/// Recorded from bgpd 8.4.4.
inline nlohmann::json peer(int asn, const std::string& state, std::int64_t uptime_ms, int routes) {
  return {{"remoteAs", asn},  {"version", 4}, {"msgRcvd", 123}, {"msgSent", 136}, {"peerUptimeMsec", uptime_ms},
          {"pfxRcd", routes}, {"pfxSnt", 3},  {"state", state}};
}

inline nlohmann::json path(const std::string& from, const std::string& as_path, bool best) {
  nlohmann::json one{{"valid", true},
                     {"pathFrom", "external"},
                     {"weight", 0},
                     {"peerId", from},
                     {"path", as_path},
                     {"origin", "IGP"},
                     {"nexthops", {{{"ip", from}, {"afi", "ipv4"}, {"used", true}}}}};
  if (best) one["bestpath"] = true;
  return one;
}

}  // namespace xconn::az
