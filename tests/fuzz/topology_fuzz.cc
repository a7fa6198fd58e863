// SPDX-License-Identifier: Apache-2.0
// Reads anything as a topology. It may be refused, always with findings that stay within their bounds; nothing else may
// come out. Built with -DXCONN_FUZZ=ON (clang) it searches by itself; without, replay.hh's main() does.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/read.hh"

namespace {

void read_anything(std::string_view text) {
  constexpr std::size_t kMostFindings = 101;
  try {
    xconn::model::read_text(text, "fuzz.yaml");
  } catch (const xconn::TopologyError& error) {
    if (error.findings().empty() || error.findings().size() > kMostFindings) std::abort();
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
