// SPDX-License-Identifier: Apache-2.0
// Every file of tests/unit/bad/ is wrong in the ways that its own comments say, and in no other:
//     key: value # want CODE: part of the finding's text   (CODE is "-" where the finding has none)
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "model/read.hh"
#include "model/rules.hh"
#include "tests/source_dir.hh"

namespace xconn::model {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(kSourceDir) / "tests/unit/bad";

struct Wanted {
  int line;
  std::string code, text;
};

std::vector<Wanted> wanted_in(const std::filesystem::path& file) {
  const std::string mark = "# want ";
  std::vector<Wanted> wanted;
  std::ifstream stream(file);
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number)
    for (auto at = line.find(mark); at != std::string::npos;) {
      const auto next = line.find(" " + mark, at + 1);
      const auto note = line.substr(at + mark.size(), next == std::string::npos ? next : next - at - mark.size());
      const auto colon = note.find(": ");
      wanted.push_back({number, note.substr(0, colon), note.substr(colon + 2)});
      at = next == std::string::npos ? next : next + 1;
    }
  return wanted;
}

std::vector<Finding> findings_of(const std::filesystem::path& file) {
  try {
    read(file.string());
  } catch (const TopologyError& error) {
    return error.findings();
  }
  return {};
}

bool fits(const Wanted& wanted, const Finding& finding, const std::string& file) {
  return finding.where.file == file && finding.where.line == wanted.line && finding.where.column > 0 &&
         finding.code == (wanted.code == "-" ? "" : wanted.code) &&
         to_string(finding).find(wanted.text) != std::string::npos;
}

void expect_exactly(const std::filesystem::path& file) {
  SCOPED_TRACE(file.filename().string());
  auto found = findings_of(file);
  for (const auto& wanted : wanted_in(file)) {
    const auto at =
        std::find_if(found.begin(), found.end(), [&](const Finding& one) { return fits(wanted, one, file.string()); });
    if (at == found.end())
      ADD_FAILURE() << "line " << wanted.line << ": not found: " << wanted.code << ": " << wanted.text;
    else
      found.erase(at);
  }
  for (const auto& rest : found) ADD_FAILURE() << "not wanted: " << to_string(rest);
}

std::vector<std::filesystem::path> bad_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    if (entry.path().extension() == ".yaml" && entry.path().stem() != "base") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Rules, TheFileThatTheOthersBreakIsRight) { EXPECT_EQ(findings_of(kFolder / "base.yaml"), std::vector<Finding>{}); }

TEST(Rules, EachBadFileHasExactlyItsFindings) {
  ASSERT_GT(bad_files().size(), 40U);
  for (const auto& file : bad_files()) {
    EXPECT_FALSE(wanted_in(file).empty()) << file;
    expect_exactly(file);
  }
}

TEST(Rules, EachRowIsBrokenByTheFileOfItsName) {
  for (const auto& row : rules()) {
    if (row.when != When::kFile) continue;
    const auto wanted = wanted_in(kFolder / (std::string(row.code) + ".yaml"));
    EXPECT_TRUE(std::any_of(wanted.begin(), wanted.end(), [&](const Wanted& one) { return one.code == row.code; }))
        << row.code;
  }
}

TEST(Rules, CodesAreUniqueAndEveryRowHasASource) {
  std::set<std::pair<std::string_view, When>> codes;
  for (const auto& row : rules()) {
    EXPECT_TRUE(codes.emplace(row.code, row.when).second) << row.code;
    EXPECT_FALSE(row.source.empty()) << row.code;
    EXPECT_EQ(row.check != nullptr, row.when == When::kFile) << row.code;
  }
}

TEST(Rules, AzuresFiftyAreAllThere) {
  constexpr int kAzures = 50;
  for (int number = 1; number <= kAzures; ++number) {
    const auto code = "V" + std::to_string(number);
    EXPECT_TRUE(std::ranges::count(rules(), code, &RuleRow::code) > 0) << code;
  }
}

TEST(Rules, EveryFindingSaysObjectRuleAndPlace) {
  for (const auto& file : bad_files())
    for (const auto& finding : findings_of(file)) {
      EXPECT_FALSE(finding.rule.empty()) << to_string(finding);
      EXPECT_TRUE(finding.code.empty() || !finding.object.empty()) << to_string(finding);
      EXPECT_EQ(finding.code.empty(), finding.source.empty()) << to_string(finding);
    }
}

TEST(Rules, SecretsAreNeverRepeated) {
  for (const auto& file : bad_files())
    for (const auto& finding : findings_of(file))
      for (const auto* secret : {"hidden", "md5key", "key1"})
        EXPECT_EQ(to_string(finding).find(secret), std::string::npos) << to_string(finding);
}

}  // namespace
}  // namespace xconn::model
