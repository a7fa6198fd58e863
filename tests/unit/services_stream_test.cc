// SPDX-License-Identifier: Apache-2.0
// Connections that are slow, long, silent or cut off. The other side is a thread with a socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <filesystem>
#include <thread>

#include "base/errors.hh"
#include "services/stream.hh"
#include "services/vty.hh"
#include "sys/clock.hh"
#include "sys/loop.hh"
#include "sys/unix_socket.hh"

namespace xconn::services {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

/// Listens at a path; each connection is served by `serve`, one after the other, in a thread.
class Daemon {
 public:
  explicit Daemon(std::function<void(int connection)> serve)
      : socket_(sys::listen_at(path(), 0600)), thread_([this, serve = std::move(serve)] {
          for (pollfd waiting{socket_.get(), POLLIN, 0}; !ending_;) {
            if (::poll(&waiting, 1, 20) <= 0) continue;
            const sys::Fd connection(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (connection) serve(connection.get());
          }
        }) {}
  ~Daemon() {
    ending_ = true;
    thread_.join();
    std::filesystem::remove(path());
  }
  static std::string path() { return testing::TempDir() + "stream-" + std::to_string(::getpid()) + ".sock"; }

 private:
  sys::Fd socket_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

std::string read_some(int connection) {
  std::string block(65536, '\0');
  const auto count = ::recv(connection, block.data(), block.size(), 0);
  block.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return block;
}

/// bgpd, which takes every command, and answers with `reply` and whether it is `refused`.
void serve_vty(int connection, const std::string& reply, const std::string& refused) {
  std::string pending;
  for (auto block = read_some(connection); !block.empty(); block = read_some(connection)) {
    pending += block;
    std::string answers;
    std::size_t begin = 0;
    for (auto end = pending.find('\0'); end != std::string::npos; begin = end + 1, end = pending.find('\0', begin)) {
      const bool bad = pending.compare(begin, end - begin, refused) == 0;
      answers += reply + "\0\0\0"s + (bad ? '\2' : '\0');
    }
    pending.erase(0, begin);
    for (std::size_t sent = 0; sent < answers.size();) {
      const auto count = ::send(connection, answers.data() + sent, answers.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<std::size_t>(count);
    }
  }
}

struct Streams : testing::Test {
  void wait(const std::string& what, const std::function<bool()>& there) {
    loop.wait(what, 20s, [&]() -> std::optional<std::string> {
      if (there()) return std::nullopt;
      return "not yet";
    });
  }
  sys::Loop loop;
};

TEST_F(Streams, WhatASocketDoesNotTakeAtOnceWaitsForIt) {
  std::atomic<bool> may_read = false;
  std::atomic<std::size_t> arrived = 0;
  const Daemon daemon([&](int connection) {
    while (!may_read) std::this_thread::yield();
    for (auto block = read_some(connection); !block.empty(); block = read_some(connection)) arrived += block.size();
  });
  const std::string much(8U << 20, 'x');
  auto stream = Stream::connect(loop, Daemon::path(), {});
  ASSERT_TRUE(stream);
  const auto begin = sys::now();
  stream->send(much);
  stream->send("the end");
  EXPECT_LT(sys::now() - begin, 1s) << "it waited for a reader";
  may_read = true;
  wait("all of it to arrive", [&] { return arrived == much.size() + 7; });
  stream.reset();
}

TEST_F(Streams, TheOtherSideMayGoWhileMuchIsWaiting) {
  const Daemon daemon([](int connection) { read_some(connection); });
  int closed = 0;
  const auto stream = Stream::connect(loop, Daemon::path(), {}, [&] { ++closed; });
  ASSERT_TRUE(stream);
  stream->send(std::string(8U << 20, 'x'));
  wait("the end", [&] { return closed > 0; });
  stream->send("more");
  loop.poll();
  EXPECT_EQ(closed, 1);
}

/// Processor time of this process: a busy host does not lengthen it.
double seconds_worked() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
constexpr double kFarTooLong = 3;  // a search that is not linear takes a minute or more

TEST_F(Streams, ALongAnswerIsSearchedOnce) {
  Inbox inbox;
  const std::string block(512, 'x');
  const auto begin = seconds_worked();
  for (int i = 0; i < 65536; ++i) {  // 32 MiB: searched from its start each time, that is a terabyte
    inbox.append(block);
    ASSERT_FALSE(inbox.find('\n'));
  }
  EXPECT_LT(seconds_worked() - begin, kFarTooLong);
  inbox.append("\nrest");
  EXPECT_EQ(inbox.take_line()->size(), 65536U * 512U);
  EXPECT_EQ(inbox.rest(), "rest");
  EXPECT_FALSE(inbox.take_line());
}

TEST_F(Streams, ManyLinesAreTakenWithoutMovingTheRest) {
  std::string lines;
  for (int i = 0; i < 1'000'000; ++i) lines += "line\n";
  Inbox inbox(lines);
  const auto begin = seconds_worked();
  int count = 0;
  while (inbox.take_line()) ++count;
  EXPECT_EQ(count, 1'000'000);
  EXPECT_LT(seconds_worked() - begin, kFarTooLong);
}

TEST_F(Streams, AHundredThousandCommandsAreOneRequest) {
  const Daemon daemon([](int connection) { serve_vty(connection, "", "network 9"); });
  std::vector<std::string> commands;
  for (int i = 0; i < 100'000; ++i) commands.push_back("network " + std::to_string(i));
  std::optional<sys::Outcome<std::string>> refused;
  bool elsewhere = false;
  loop.post([&] { elsewhere = !refused; });
  const auto request =
      vty_configure(loop, Daemon::path(), commands, 5s, [&](const auto& outcome) { refused = outcome; });
  wait("all replies", [&] { return refused.has_value(); });
  EXPECT_TRUE(elsewhere);
  EXPECT_EQ(refused->get(), "'network 9': ");
}

TEST_F(Streams, ADaemonThatSaysNothingIsATimeoutAndOneThatAnswersSlowlyIsNot) {
  const Daemon daemon([](int connection) {
    for (int i = 0; i < 4; ++i) {
      std::this_thread::sleep_for(60ms);
      ::send(connection, "\0\0\0\0", 4, MSG_NOSIGNAL);
    }
    while (!read_some(connection).empty()) continue;
  });
  std::optional<sys::Outcome<std::string>> slow, silent;
  auto first = vty_configure(loop, Daemon::path(), {"one"}, 200ms, [&](const auto& outcome) { slow = outcome; });
  wait("the slow one", [&] { return slow.has_value(); });
  EXPECT_EQ(slow->get(), "");
  auto second = vty_configure(loop, Daemon::path(), {"one"}, 50ms, [&](const auto& outcome) { silent = outcome; });
  wait("the silent one", [&] { return silent.has_value(); });
  EXPECT_THROW(silent->get(), TimeoutError);
  first.reset();
  second.reset();
}

TEST_F(Streams, AHangUpIsTold) {
  const Daemon daemon([](int connection) { read_some(connection); });
  std::optional<sys::Outcome<std::string>> answer;
  const auto request =
      vty_ask(loop, Daemon::path(), "show version", kNoBound, [&](const auto& outcome) { answer = outcome; });
  wait("the end", [&] { return answer.has_value(); });
  EXPECT_THROW(answer->get(), Error);
  EXPECT_FALSE(vty_ask(loop, "/nonexistent/bgpd.vty", "show version", kNoBound, {}));
}

}  // namespace
}  // namespace xconn::services
