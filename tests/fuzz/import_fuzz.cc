// SPDX-License-Identifier: Apache-2.0
// Reads anything as exports. They may be refused, always with findings; what is taken must be a topology in YAML, and
// the same again. Built with -DXCONN_FUZZ=ON (clang) it searches by itself; without, replay.hh replays files and
// folders.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "importing/import.hh"

namespace {

void read_anything(std::string_view text) {
  const std::vector<xconn::importing::Text> texts{{"fuzz.json", std::string(text)}};
  try {
    const auto first = xconn::importing::import_texts(texts, "fuzz");
    if (first.topology != xconn::importing::import_texts(texts, "fuzz").topology) std::abort();
    for (const auto& note : first.notes)
      if (note.object.empty() || note.reason.empty()) std::abort();
  } catch (const xconn::TopologyError& error) {
    if (error.findings().empty()) std::abort();
  } catch (const xconn::Error&) {
    return;  // no address is left for what has to be made
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_anything({reinterpret_cast<const char*>(data), size});
  return 0;
}

#ifndef XCONN_FUZZ
#include "replay.hh"
#endif
