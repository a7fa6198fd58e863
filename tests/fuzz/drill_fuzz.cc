// SPDX-License-Identifier: Apache-2.0
// Reads anything as a drill. It may be refused, always with findings that a terminal can show; nothing else may come
// out.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.hh"
#include "drill/drill.hh"

namespace {

void read_anything(const std::string& text) {
  try {
    const auto drill = xconn::drill::read_text(text, "folder/fuzz.yaml");
    if (!xconn::is_plain(drill.name) || !xconn::is_plain(drill.about, true)) std::abort();
  } catch (const xconn::TopologyError& error) {
    if (error.findings().empty() || !xconn::is_plain(error.what(), true)) std::abort();
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
