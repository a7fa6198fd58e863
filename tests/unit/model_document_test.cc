// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "model/document.hh"
#include "model/read.hh"
#include "tests/source_dir.hh"

namespace xconn::model {
namespace {

namespace fs = std::filesystem;

class DocumentTest : public ::testing::Test {
 protected:
  DocumentTest() { fs::create_directories(folder_); }
  ~DocumentTest() override { fs::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  fs::path folder_ = fs::temp_directory_path() / ("xconn-document-" + std::to_string(::getpid()));
};

constexpr auto kText = R"(
name: small
nodes:
  a:
    role: router
    interfaces: {e: 10.0.0.1/30}
    bgp: {asn: 65002, neighbors: [{address: 10.0.0.2, asn: 65001, password: 's3cret: #1'}]}
  b:
    role: router
    interfaces: {e: 10.0.0.2/30}
    bgp: {asn: 65001, neighbors: [{address: 10.0.0.1, asn: 65002, password: 's3cret: #1'}]}
links:
  - [a:e, b:e]
)";

TEST_F(DocumentTest, StandsAloneWithoutWhatItExtends) {
  write("mine.conf", "line one\nline two\n");
  write("base.yaml", std::string(kText) + "\n");
  const auto path = write("over.yaml",
                          "extends: base.yaml\ntitle: 'null'\n"
                          "nodes: {a: {files: {note.txt: {replace: {from-file: mine.conf}}}}}\n");
  const auto kept = write("topology.json", Document::load(path).json());
  fs::remove(folder_ / "base.yaml");
  fs::remove(folder_ / "mine.conf");

  const auto topology = read(kept);

  EXPECT_EQ(topology.file, path);
  EXPECT_EQ(topology.title, "null");
  ASSERT_EQ(topology.nodes.size(), 2U);
  EXPECT_EQ(topology.nodes[0].files.at(0).content, "line one\nline two\n");
  EXPECT_EQ(topology.nodes[1].bgp->neighbors.at(0).password, "s3cret: #1");
  EXPECT_EQ(Document::load(kept).json(), Document::load(kept).json());
}

TEST_F(DocumentTest, AFindingNamesTheUsersFile) {
  auto document = Document::parse(kText, "/home/me/topology.yaml");
  document.put({"nodes", "b", "bgp", "asn"}, "0");
  const auto kept = write("topology.json", document.json());
  try {
    read(kept);
    FAIL() << "AS 0 was taken";
  } catch (const TopologyError& error) {
    EXPECT_EQ(error.findings().at(0).where, (Where{"/home/me/topology.yaml", 0, 0}));
    EXPECT_EQ(error.findings().at(0).field, "bgp.asn");
  }
}

TEST_F(DocumentTest, EditsAnItemOfAMapAndOfAListOfNamedOnes) {
  auto document = Document::parse("a: {x: {v: 1}}\nl: [{name: one, v: 1}, {name: two, v: 2}]\n", "t.yaml");
  const auto before = document;
  document.put({"a", "x", "v"}, "2");
  document.put({"a", "y"}, parse_value("{v: [3, 4]}"));
  document.put({"l", "two", "v"}, "5");
  document.put({"l", "three"}, parse_value("{v: 6}"));
  EXPECT_TRUE(document.remove({"l", "one"}));
  EXPECT_FALSE(document.remove({"l", "one"}));
  EXPECT_FALSE(document.remove({"no", "such"}));
  EXPECT_EQ(document.yaml(), "a: {x: {v: 2}, y: {v: [3, 4]}}\nl: [{name: two, v: 5}, {name: three, v: 6}]\n");
  EXPECT_EQ(before.find({"a", "x", "v"})->text, "1");
}

TEST_F(DocumentTest, ItsYamlReadsBackAndHidesKeysOnlyWhenAsked) {
  const auto document = Document::parse(kText, "t.yaml");
  EXPECT_EQ(document.yaml().find("s3cret"), std::string::npos);
  const auto again = Document::parse(document.yaml(true), "t.yaml");
  EXPECT_EQ(again.json(), document.json());
}

TEST_F(DocumentTest, EveryReferenceTopologyIsTheSameAfterItWasKept) {
  for (const auto& entry : fs::directory_iterator(std::string(kSourceDir) + "/topologies")) {
    const auto path = entry.path() / "topology.yaml";
    if (!fs::exists(path)) continue;
    const auto document = Document::load(path);
    const auto kept = write("topology.json", document.json());
    EXPECT_EQ(Document::load(kept).json(), document.json()) << path;
    EXPECT_EQ(Document::parse(document.yaml(true), document.file()).json(), document.json()) << path;
    EXPECT_EQ(read(kept).nodes.size(), read(path).nodes.size()) << path;
  }
}

}  // namespace
}  // namespace xconn::model
