// SPDX-License-Identifier: Apache-2.0
// Texts against files that were reviewed. XCONN_UPDATE_GOLDEN=1 writes them anew; git shows what changed.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/source_dir.hh"

namespace xconn {

inline std::string source_text(const std::string& file) {
  std::ifstream stream(std::string(kSourceDir) + "/" + file);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// The first line that differs, of texts that do: whole ones fill screens.
inline std::string first_difference(const std::string& found, const std::string& wanted) {
  std::istringstream left(found), right(wanted);
  std::string a, b;
  int number = 0;
  do {
    ++number;
    if (!std::getline(left, a)) a = "(the end)";
    if (!std::getline(right, b)) b = "(the end)";
  } while (a == b && (left || right));
  return "line " + std::to_string(number) + "\n  reviewed: " + b + "\n  now:      " + a;
}

/// `file` from the top of the source tree.
inline void expect_reviewed(const std::string& text, const std::string& file) {
  if (std::getenv("XCONN_UPDATE_GOLDEN") != nullptr)  // NOLINT(concurrency-mt-unsafe)
    std::ofstream(std::string(kSourceDir) + "/" + file) << text;
  if (const auto wanted = source_text(file); text != wanted)
    ADD_FAILURE() << file << " differs in " << first_difference(text, wanted)
                  << "\nreview the difference; XCONN_UPDATE_GOLDEN=1 accepts it";
}

/// `name` in tests/unit/golden.
inline void expect_golden(const std::string& text, const std::string& name) {
  expect_reviewed(text, "tests/unit/golden/" + name);
}

}  // namespace xconn
