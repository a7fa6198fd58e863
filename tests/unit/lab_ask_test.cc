// SPDX-License-Identifier: Apache-2.0
// Questions to a lab, among them such as cannot be answered. No root: the lab has no nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "lab/ask.hh"
#include "lab/lab.hh"
#include "lab/verbs.hh"
#include "sys/file.hh"

namespace xconn::lab {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// Counts what it is told, and may refuse to take it.
struct Listener : Reply {
  void progress(const json&) override {}
  void result(const json& value) override {
    ++answers;
    if (refuses) throw std::bad_alloc();
    last = value;
  }
  void error(const std::exception& error) override {
    ++errors;
    last = error.what();
  }
  void tell(std::function<std::optional<json>()>) override {}
  void more() override {}
  bool client_is_there() const override { return true; }
  int answers = 0, errors = 0;
  bool refuses = false;
  json last;
};

struct Asking : testing::Test {
  Asking() { std::filesystem::create_directories(folder); }
  ~Asking() override { std::filesystem::remove_all(folder); }
  json ask(const json& questions) {
    answer(lab, {{"verb", "ask"}, {"questions", questions}}, to);
    for (int i = 0; i < 10; ++i) loop.poll();
    return to->last;
  }
  static std::string made_folder() {
    const auto path = testing::TempDir() + "lab-ask-" + std::to_string(::getpid());
    sys::make_directories(path);
    return path;
  }
  std::string folder = made_folder();
  sys::Loop loop;
  Lab lab{loop, {.folder = folder}};
  std::shared_ptr<Listener> to = std::make_shared<Listener>();
};

TEST_F(Asking, AQuestionThatExplodesIsAnAnswerAmongTheOthers) {
  const auto last =
      ask({{{"node", 5}, {"what", "vty"}}, "no question", {{"node", "r1"}}, {{"node", "r1"}, {"what", {}}}});
  EXPECT_EQ(to->answers, 1);
  EXPECT_EQ(to->errors, 0);
  ASSERT_EQ(last["answers"].size(), 4U);
  for (const auto& one : last["answers"]) EXPECT_TRUE(one.contains("error")) << one;
  EXPECT_THAT(last["answers"][0]["error"], HasSubstr("must be string"));
  EXPECT_EQ(to.use_count(), 1) << "somebody still waits";
}

TEST_F(Asking, QuestionsThatAreNoListAreAnError) {
  ask(7);
  EXPECT_EQ(to->errors, 1);
  EXPECT_EQ(to->answers, 0);
  EXPECT_EQ(to.use_count(), 1);
}

TEST_F(Asking, AnAnswerThatCannotBeSentIsAnErrorOnce) {
  to->refuses = true;
  ask(json::array());
  EXPECT_EQ(to->answers, 1);
  EXPECT_EQ(to->errors, 1);
  EXPECT_EQ(to.use_count(), 1);
}

}  // namespace
}  // namespace xconn::lab
