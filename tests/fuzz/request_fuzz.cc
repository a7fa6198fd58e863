// SPDX-License-Identifier: Apache-2.0
// What comes over the agent's socket, both ways: a request's parts are read as the verbs read them, an error as a
// client does. Errors of ours and of JSON are answers; nothing else may come out.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "drill/drill.hh"
#include "drill/report.hh"
#include "faults/request.hh"
#include "plan/plan.hh"
#include "world/error_wire.hh"

namespace {

using nlohmann::json;

template <class Read>
void answered(Read read) {
  try {
    read();
  } catch (const xconn::Error&) {
    return;
  } catch (const json::exception&) {
    return;
  }
}

void read_anything(std::string_view line) {
  const auto request = json::parse(line, nullptr, false);
  if (request.is_discarded()) return;
  answered([&] { xconn::faults::parse(request.at("words").get<std::vector<std::string>>()); });
  answered([&] { xconn::drill::read_text(request.at("text"), request.at("file")); });
  answered([&] { xconn::plan::from_json(request.at("plan")); });
  answered([&] { xconn::drill::to_text(xconn::drill::from_json(request.at("result"))); });
  answered([&] { xconn::world::throw_error(request.at("error")); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_anything({reinterpret_cast<const char*>(data), size});
  return 0;
}

#ifndef XCONN_FUZZ
#include "replay.hh"
#endif
