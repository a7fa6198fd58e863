// Every drill of the reference topology names things that its topology's plan has: a drill must not fail for a typing
// mistake after a lab has been built for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "drill/drill.hh"
#include "faults/kinds.hh"
#include "model/read.hh"
#include "nodes/compose.hh"
#include "tests/source_dir.hh"

namespace xconn::drill {
namespace {

using testing::Contains;

std::vector<std::string> shipped() {
  std::vector<std::string> files;
  const std::filesystem::path folder = std::string(kSourceDir) + "/topologies/sdwan-expressroute/drills";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

class ShippedDrill : public testing::TestWithParam<std::string> {
 protected:
  ShippedDrill() {
    for (const auto& node : plan_.nodes) {
      nodes_.insert(node.name);
      for (const auto& interface : node.interfaces) ends_.insert(node.name + ":" + interface.name);
    }
  }
  void check_nodes(const std::vector<std::string>& names) {
    for (const std::string& node : names) EXPECT_THAT(nodes_, Contains(node));
  }
  void check(const ExpectPath& what) {
    for (const AnyOf& any : what.contains) check_nodes(any);
    check_nodes(what.avoids);
    check_nodes(what.exactly);
    for (const auto& [node, interface] : what.via) EXPECT_THAT(ends_, Contains(node + ":" + interface));
  }
  void check(const ExpectSymmetry& what) { check_nodes(what.nodes); }
  void check(const ExpectCapture& what) { EXPECT_THAT(ends_, Contains(what.node + ":" + what.interface)); }
  void check(const ExpectCounter& what) { EXPECT_THAT(nodes_, Contains(what.node)); }
  void check(const ExpectEvent& what) {
    if (what.node.empty()) return;
    EXPECT_THAT(nodes_, Contains(what.node));
  }
  template <typename Other>
  void check(const Other&) {}

  const Drill drill_ = read(GetParam());
  const plan::Plan plan_ = nodes::compose(model::read(drill_.topology));
  std::set<std::string> nodes_, ends_;
};

TEST_P(ShippedDrill, ItsFlowsHaveEnds) {
  for (const Flow& flow : drill_.flows) {
    for (const std::string& place : {flow.spec.from, flow.spec.to}) {
      EXPECT_THAT(place.find(':') == std::string::npos ? nodes_ : ends_, Contains(place));
    }
  }
}

TEST_P(ShippedDrill, ItsFaultsHaveTargets) {
  for (const Step& step : drill_.timeline) {
    const auto* fault = std::get_if<Inject>(&step.action);
    if (fault == nullptr) continue;
    ASSERT_NE(faults::find_kind(fault->kind), nullptr);
    const bool whole_node = fault->on.find(':') == std::string::npos;
    EXPECT_THAT(whole_node ? nodes_ : ends_, Contains(fault->on));
  }
}

TEST_P(ShippedDrill, ItsExpectationsNameWhatIsThere) {
  for (const ExpectPath& wanted : drill_.steady) check(wanted);
  for (const Expectation& expectation : drill_.expectations) {
    std::visit([this](const auto& what) { check(what); }, expectation.what);
  }
}

std::string name_of(const testing::TestParamInfo<std::string>& info) {
  std::string name = std::filesystem::path(info.param).stem();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, ShippedDrill, testing::ValuesIn(shipped()), name_of);

}  // namespace
}  // namespace xconn::drill
