// SPDX-License-Identifier: Apache-2.0
// Every drill that is shipped names only what its topology's plan has: the same look-up that a user's drill gets.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "drill/drill.hh"
#include "lab/rehearsal.hh"
#include "model/read.hh"
#include "nodes/make_plan.hh"
#include "tests/source_dir.hh"

namespace xconn::lab {
namespace {

std::vector<std::string> shipped() {
  std::vector<std::string> files;
  for (const auto& topology : std::filesystem::directory_iterator(std::string(kSourceDir) + "/topologies")) {
    if (!std::filesystem::is_directory(topology.path() / "drills")) continue;
    for (const auto& entry : std::filesystem::directory_iterator(topology.path() / "drills"))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class ShippedDrill : public testing::TestWithParam<std::string> {};

TEST_P(ShippedDrill, NamesWhatIsThere) {
  const auto drill = drill::read(GetParam());
  ASSERT_FALSE(drill.mentions.empty());
  const auto topology = model::read(drill.topology);
  for (const auto& finding : not_there(drill.mentions, nodes::make_plan(topology))) ADD_FAILURE() << to_string(finding);
}

std::string name_of(const testing::TestParamInfo<std::string>& info) {
  const std::filesystem::path file = info.param;
  std::string name = file.parent_path().parent_path().filename().string() + "_" + file.stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, ShippedDrill, testing::ValuesIn(shipped()), name_of);

}  // namespace
}  // namespace xconn::lab
