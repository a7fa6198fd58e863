// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <memory>
#include <thread>

#include "base/errors.hh"
#include "sys/file.hh"
#include "sys/line.hh"
#include "sys/loop.hh"

namespace xconn::sys {
namespace {

using namespace std::chrono_literals;
using Difference = std::optional<std::string>;

class Line : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(folder_.data()), nullptr); }
  void TearDown() override { remove_tree(folder_); }
  /// Runs a blocking client on another thread while the loop serves.
  template <typename Action>
  auto serve(Action action) {
    auto result = std::async(std::launch::async, action);
    loop_.wait("the client", 20s,
               [&] { return result.wait_for(0s) == std::future_status::ready ? Difference() : Difference("at work"); });
    return result.get();
  }
  LineServer echo() {
    return LineServer(loop_, path_, 0600, [](Connection& from, std::string line) { from.send("got " + line); });
  }
  Loop loop_;
  std::string folder_ = "/tmp/xconn-line-test.XXXXXX";
  std::string path_;
};

class LineAt : public Line {
 protected:
  void SetUp() override {
    Line::SetUp();
    path_ = folder_ + "/socket";
  }
};

TEST_F(LineAt, AnswersLineByLineAndIsPrivate) {
  const auto server = echo();
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(serve([&] {
              LineClient client(path_);
              const auto first = client.request("one");
              return first + "," + client.request(std::string());
            }),
            "got one,got ");
}

TEST_F(LineAt, CarriesLongLines) {
  const auto server = echo();
  const std::string line(5'000'000, 'x');
  EXPECT_EQ(serve([&] { return LineClient(path_).request(line, 20s); }).size(), line.size() + 4);
}

TEST_F(LineAt, APathMayBeLongerThanAnAddress) {
  path_ = folder_ + "/" + std::string(150, 'd');
  make_directories(path_);
  path_ += "/socket";
  const auto server = echo();
  EXPECT_EQ(serve([&] { return LineClient(path_).request("far"); }), "got far");
}

TEST_F(LineAt, ADeadlineHoldsWhenNobodyAnswers) {
  const LineServer server(loop_, path_, 0600, [](Connection&, std::string) {});
  EXPECT_EQ(serve([&]() -> std::string {
              try {
                return LineClient(path_).request("hello?", 50ms);
              } catch (const TimeoutError& error) {
                return error.awaited();
              }
            }),
            "a line from " + path_);
}

TEST_F(LineAt, NobodyThereIsATimeoutAndAHangUpAnError) {
  EXPECT_THROW(LineClient(path_, 20ms), TimeoutError);
  const LineServer server(loop_, path_, 0600, [](Connection& from, std::string) { from.close(); });
  EXPECT_EQ(serve([&]() -> std::string {
              try {
                return LineClient(path_).request("hello");
              } catch (const TimeoutError&) {
                return "timeout";
              } catch (const Error& error) {
                return error.what();
              }
            }),
            path_ + " hung up before it answered");
}

TEST_F(LineAt, ADeadSocketIsReplacedAndALiveOneIsNot) {
  ASSERT_EQ(::system(("python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind('" + path_ + "')\"").c_str()), 0);
  ASSERT_EQ(::access(path_.c_str(), F_OK), 0);
  {
    const auto server = echo();
    EXPECT_THROW(echo(), KernelError);
    EXPECT_EQ(serve([&] { return LineClient(path_).request("still"); }), "got still");
  }
  EXPECT_NE(::access(path_.c_str(), F_OK), 0) << "the path outlived its server";
}

TEST_F(LineAt, SubscribersGetEveryLineAndTheEnd) {
  std::vector<std::weak_ptr<Connection>> subscribers;
  bool gone = false;
  auto server = std::make_unique<LineServer>(loop_, path_, 0600, [&](Connection& from, std::string line) {
    from.send("subscribed to " + line);
    from.on_close([&] { gone = true; });
    subscribers.push_back(from.weak_from_this());
  });
  std::vector<std::string> got;
  bool closed = false;
  {
    const Subscription subscription(
        loop_, LineClient(path_), "events", [&](std::string line) { got.push_back(std::move(line)); },
        [&] { closed = true; });
    loop_.wait("the first line", 5s, [&] { return got.size() == 1 ? Difference() : "none"; });
    for (const char* text : {"a", "b"}) subscribers.front().lock()->send(text);
    loop_.wait("three lines", 5s, [&] { return got.size() == 3 ? Difference() : std::to_string(got.size()); });
    EXPECT_EQ(got, (std::vector<std::string>{"subscribed to events", "a", "b"}));
  }
  loop_.wait("the server to see it go", 5s, [&] { return gone ? Difference() : "open"; });
  EXPECT_FALSE(closed) << "who hangs up himself is not told";
  const Subscription second(
      loop_, LineClient(path_), "again", [](std::string) {}, [&] { closed = true; });
  loop_.wait("the second", 5s, [&] { return subscribers.size() == 2 ? Difference() : "one"; });
  server.reset();
  loop_.wait("the end", 5s, [&] { return closed ? Difference() : "open"; });
}

/// A client that asks and does not read.
class Deaf {
 public:
  Deaf(const std::string& path, int times) : client_(path) {
    for (int i = 0; i < times; ++i) client_.send("x");
  }

 private:
  LineClient client_;
};

TEST_F(LineAt, WhoDoesNotReadIsAnsweredOnce) {
  int answered = 0;
  const std::string answer(1'000'000, 'a');
  const LineServer server(loop_, path_, 0600, [&](Connection& from, std::string) {
    ++answered;
    from.send(answer);
  });
  const Deaf deaf(path_, 50);
  EXPECT_EQ(serve([&] { return LineClient(path_).request("hello"); }), answer);
  EXPECT_EQ(answered, 2) << "one for each client, of 51 requests";
}

TEST_F(LineAt, EveryRequestOfManyIsAnsweredInOrder) {
  const auto server = echo();
  EXPECT_EQ(serve([&]() -> std::string {
              LineClient client(path_);
              constexpr int kMany = 20'000;
              std::thread sender([&] {
                for (int i = 0; i < kMany; ++i) client.send(std::to_string(i));
              });
              std::string wrong;
              for (int i = 0; i < kMany; ++i)
                if (const auto got = client.receive(10s); got != "got " + std::to_string(i)) wrong += got + " ";
              sender.join();
              return wrong;
            }),
            "");
}

TEST_F(LineAt, AStoryIsToldAsFastAsItIsRead) {
  std::atomic<int> told = 0;
  constexpr int kAll = 500;
  const LineServer server(loop_, path_, 0600, [&](Connection& from, std::string) {
    from.feed([&told, next = 0]() mutable -> std::optional<std::string> {  // each client has a story of its own
      if (next == kAll) return std::nullopt;
      ++told;
      return std::to_string(next++) + std::string(10'000, '.');
    });
  });
  const auto told_by_then = serve([&] {
    LineClient client(path_);
    client.send("tell me");
    for (int i = 0; i < 10; ++i) client.receive(10s);
    return told.load();
  });
  EXPECT_LT(told_by_then, 150) << "the rest waits where it came from";
  EXPECT_EQ(serve([&]() -> std::string {
              LineClient client(path_);
              client.send("tell me");
              std::string last;
              for (int i = 0; i < kAll; ++i) last = client.receive(10s);
              return last.substr(0, 3);
            }),
            "499");
}

TEST_F(LineAt, ATalkativeServerLetsAClientGoThatNeverReads) {
  std::shared_ptr<Connection> deaf;
  bool gone = false;
  const LineServer server(loop_, path_, 0600, [&](Connection& from, std::string) {
    deaf = from.shared_from_this();
    from.on_close([&] { gone = true; });
  });
  const Deaf client(path_, 1);
  loop_.wait("the client", 5s, [&] { return deaf ? Difference() : "not there"; });
  for (int i = 0; i < 100 && !gone; ++i) deaf->send(std::string(1'000'000, 'e'));
  EXPECT_TRUE(gone);
}

TEST_F(LineAt, AllClientsTogetherHaveABound) {
  int gone = 0;
  const std::string answer(15'000'000, 'a');
  const LineServer server(loop_, path_, 0600, [&](Connection& from, std::string) {
    from.on_close([&] { ++gone; });
    from.send(answer);
  });
  std::vector<std::unique_ptr<Deaf>> all;
  for (int i = 0; i < 24; ++i) all.push_back(std::make_unique<Deaf>(path_, 1));
  loop_.wait("those who went", 5s, [&] { return gone >= 6 ? Difference() : std::to_string(gone); });
  EXPECT_EQ(serve([&] { return LineClient(path_).request("hello"); }).size(), answer.size()) << "who reads is served";
}

}  // namespace
}  // namespace xconn::sys
