// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/errors.hh"
#include "base/teardown.hh"

namespace xconn {
namespace {

struct Stubborn {
  ~Stubborn() {
    tear_down("a link", [] { throw KernelError("delete", "link er", "r1", 16); });
    tear_down("a number", [] { throw 7; });
  }
};

TEST(Teardown, ADestructorReportsAndHidesNoError) {
  std::vector<std::string> heard;
  on_teardown_failure([&](const std::string& text) { heard.push_back(text); });
  try {
    const Stubborn stubborn;
    throw NotFoundError("the first error");
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "the first error");
  }
  on_teardown_failure({});
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_TRUE(heard[0].starts_with("a link could not be undone: ")) << heard[0];
  { const Stubborn unheard; }
}

}  // namespace
}  // namespace xconn
