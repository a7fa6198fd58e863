// SPDX-License-Identifier: Apache-2.0
// Input that nobody meant: refused in words, with its place, quickly.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

#include "importing/import.hh"
#include "model/read.hh"
#include "tests/source_dir.hh"

namespace xconn::importing {
namespace {

using Clock = std::chrono::steady_clock;
using testing::HasSubstr;

/// The first finding, or "" when it was taken.
std::string refusal(const std::string& text) {
  try {
    import_texts({{"a.json", text}}, "lab");
  } catch (const TopologyError& error) {
    return to_string(error.findings().at(0));
  }
  return {};
}

std::string repeated(const std::string& part, std::size_t times) {
  std::string out;
  out.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

TEST(HostileImport, NothingInIt) {
  for (const auto* text : {"", " \n\n", "\xef\xbb\xbf", "WARNING: nothing\n"})
    EXPECT_THAT(refusal(text), HasSubstr("there is no JSON in it")) << text;
  for (const auto* text : {"{}", "[]", "{\"value\": []}", "[1, 2]", "{\"a\": {\"b\": null}}"})
    EXPECT_THAT(refusal(text), HasSubstr("there is no network of Azure's in it")) << text;
}

TEST(HostileImport, NoJson) {
  EXPECT_THAT(refusal("name: hub\n"), HasSubstr("a.json:1:1: "));
  EXPECT_THAT(refusal("[]\nThe rest is prose.\n"), HasSubstr("a.json:2:1: "));
  EXPECT_THAT(refusal("[]\nThe rest is prose.\n"), HasSubstr("this is not JSON of az"));
}

TEST(HostileImport, CutOff) {
  const auto text = refusal("[\n  {\"id\": \"/subscriptions/s\",\n   \"name\": \"a\n");
  EXPECT_THAT(text, HasSubstr("a.json:3:"));
  EXPECT_THAT(text, HasSubstr("this JSON cannot be read"));
}

TEST(HostileImport, AllFilesAreNamedAtOnce) {
  try {
    import_texts({{"a.json", "no"}, {"b.json", "[]"}, {"c.json", "{\"a\":"}}, "lab");
    FAIL();
  } catch (const TopologyError& error) {
    ASSERT_EQ(error.findings().size(), 2U);
    EXPECT_EQ(error.findings()[1].where.file, "c.json");
  }
}

TEST(HostileImport, Deep) { EXPECT_THAT(refusal(repeated("[", 100'000)), HasSubstr("nested more than 128 levels")); }

TEST(HostileImport, Huge) {
  EXPECT_THAT(refusal("[" + repeated("0,", 5'000'000) + "0]"), HasSubstr("more than 1000000 values"));
}

TEST(HostileImport, TenMegabytesOfNoise) {
  std::mt19937 random(7);
  std::string noise(10'000'000, ' ');
  for (auto& c : noise) c = static_cast<char>(random() & 0xff);
  const auto start = Clock::now();
  EXPECT_NE(refusal(noise), "");
  noise[0] = '{';
  EXPECT_NE(refusal(noise), "");
  EXPECT_NE(refusal("[\"" + repeated("\\u00e9", 1'500'000) + "\"]"), "");
  EXPECT_NE(refusal(repeated("<snipped>\n", 1'000'000)), "");
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(60)) << "far from it even under sanitizers on a busy host";
}

std::string arm(const std::string& variables, const std::string& name) {
  return R"({"$schema": "x/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "variables": {)" + variables +
         R"(}, "resources": [{"type": "Microsoft.Network/virtualNetworks", "name": ")" + name +
         R"(", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}}]})";
}

std::string notes_of(const std::string& text) {
  std::string out;
  try {
    for (const auto& note : import_texts({{"a.json", text}}, "lab").notes) out += to_string(note) + "\n";
  } catch (const TopologyError& error) {
    return error.what();
  }
  return out;
}

TEST(HostileImport, ExpressionsInCircles) {
  EXPECT_THAT(notes_of(arm(R"("a": "[variables('b')]", "b": "[variables('a')]")", "[variables('a')]")),
              HasSubstr("refers to itself in a circle"));
}

/// Each is four times the one before: 2^41 letters if nobody stopped it.
TEST(HostileImport, ExpressionsThatExplode) {
  std::string variables = R"("v0": "ha")";
  for (int i = 1; i <= 20; ++i) {
    const auto before = "variables('v" + std::to_string(i - 1) + "')";
    variables += ", \"v" + std::to_string(i) + "\": \"[concat(" + before + ", " + before + ", " + before + ", " +
                 before + ")]\"";
  }
  EXPECT_THAT(notes_of(arm(variables, "[variables('v20')]")), HasSubstr("a value that is too large"));
}

TEST(HostileImport, ExpressionsThatAreNone) {
  for (const auto* name :
       {"[", "[]", "[[]", "[concat(]", "[concat('a]", "[nothing('a')]", "[variables()]", "[concat('a')['b']]",
        "[div(1, 0)]", "[div(-9223372036854775808, -1)]", "[mul(9223372036854775807, 2)]", "[substring('a', 9)]",
        "[cidrSubnet('10.0.0.0/8', 99, 1)]", "[range(0, 999999999)]", "[split('a', '')]", "[copyIndex()]"})
    EXPECT_NE(notes_of(arm("", name)), "") << name;
  EXPECT_NE(notes_of(arm("", "[" + repeated("concat(", 5000) + repeated(")", 5000) + "]")), "");
}

TEST(HostileImport, CutsInRealInputNeverCrash) {
  const std::string whole =
      R"([{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v",
 "name": "v", "addressSpace": {"addressPrefixes": ["10.0.0.0/24"]}, "subnets": [{"name": "s", "addressPrefix": "10.0.0.0/25"}]}])";
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_NE(refusal(whole.substr(0, length)), "") << length;
  EXPECT_EQ(refusal(whole), "");
}

TEST(HostileImport, TranscriptsThatAreNone) {
  EXPECT_THAT(refusal("We ran\n$ az network vnet list\nand saw nothing.\n"), HasSubstr("there is no JSON in it"));
  EXPECT_THAT(refusal("$ az network vnet list\n[{\"id\": \n```\n$ az network vnet list\n"), HasSubstr("a.json:"));
  EXPECT_NE(refusal("az \\\naz \\\naz \\"), "");
  EXPECT_NE(refusal(repeated("$ az network vnet list\n{\n", 100'000)), "");
  EXPECT_NE(refusal("$ az " + repeated("\"\\", 1'000'000)), "");
  EXPECT_EQ(refusal(R"([{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v",
"name": "v", "tags": {"how": "$ az network vnet create"}, "addressSpace": {"addressPrefixes": ["10.0.0.0/24"]}}])"),
            "")
      << "a command in a value is none";
}

/// One piece of it gone, doubled, or put elsewhere.
std::string mutated(std::string text, std::mt19937& random) {
  const auto at = random() % text.size();
  const auto length = std::min<std::size_t>(1 + random() % 40, text.size() - at);
  const auto piece = text.substr(at, length);
  switch (random() % 4) {
    case 0:
      return text.erase(at, length);
    case 1:
      return text.insert(at, piece);
    case 2:
      return text.insert(random() % text.size(), piece);
    default:
      text[at] = "09aZ\"/{}[],:-"[random() % 13];
      return text;
  }
}

/// Whatever comes: it is refused in words, or becomes a topology that either keeps the rules or whose notes say which
/// one it breaks.
TEST(HostileImport, MutatedExports) {
  const auto folder = std::filesystem::path(kSourceDir) / "tests/data/import";
  std::mt19937 random(11);
  int taken = 0, refused = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path());
    const std::string whole{std::istreambuf_iterator<char>(file), {}};
    for (int i = 0; i < 100; ++i) {
      const auto text = mutated(mutated(whole, random), random);
      try {
        const auto out = import_texts({{"a.json", text}}, "lab");
        const bool is_told =
            std::ranges::any_of(out.notes, [](const Note& note) { return note.reason.starts_with("breaks a rule"); });
        if (!is_told) model::read_text(out.topology, "a");
        ++taken;
      } catch (const TopologyError& error) {
        EXPECT_FALSE(error.findings().empty());
        ++refused;
      }
    }
  }
  EXPECT_GT(taken, 100);
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace xconn::importing
