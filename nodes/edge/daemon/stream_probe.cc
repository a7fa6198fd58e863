// SPDX-License-Identifier: Apache-2.0
// Health checks over TCP: the echo service (RFC 862) and HTTP. The round trip is from the SYN to the last byte wanted.
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <utility>

#include "nodes/edge/daemon/probe.hh"
#include "sys/clock.hh"
#include "sys/fd.hh"
#include "sys/loop.hh"

namespace xconn::sdwan {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr const char* kEcho = "crossconnect health check\n";
constexpr std::size_t kStatusLine = 12;  // "HTTP/1.1 200"

std::string request_of(const network::HealthCheck& check) {
  if (check.protocol == network::ProbeProtocol::kTcpEcho) return kEcho;
  return "GET " + check.path + " HTTP/1.0\r\nHost: " + check.server.text() + "\r\nUser-Agent: xconn-sdwan\r\n\r\n";
}

bool is_good(const network::HealthCheck& check, const std::string& answer) {
  if (check.protocol == network::ProbeProtocol::kTcpEcho) return answer == kEcho;
  if (!answer.starts_with("HTTP/1.")) return false;
  const int status = std::atoi(answer.c_str() + 9);
  return status >= 200 && status < 400;
}

/// One connection. Lives in its handlers; tells its outcome once.
class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  Attempt(sys::Loop& loop, const network::HealthCheck& check, Outcome outcome)
      : check_(check),
        outcome_(std::move(outcome)),
        socket_(loop.io()),
        sent_(sys::now()),
        request_(request_of(check)) {
    answer_.resize(check.protocol == network::ProbeProtocol::kTcpEcho ? request_.size() : kStatusLine);
    timeout_ = sys::Timer::once(loop, check.timeout, [this] { finish(false); });
  }

  void start(const std::string& interface, std::uint32_t mark) {
    sys::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd || !bind_to_member(fd.get(), interface, mark)) return;  // lost when its time is up
    socket_.assign(tcp::v4(), fd.release());
    const tcp::endpoint server(asio::ip::address_v4(check_.server.v4_value()), static_cast<std::uint16_t>(check_.port));
    socket_.async_connect(server, [self = shared_from_this()](const auto& error) {
      if (!error) self->write();
    });
  }

  void cancel() {
    outcome_ = nullptr;
    finish(false);
  }
  bool finished() const { return finished_; }

 private:
  void write() {
    asio::async_write(socket_, asio::buffer(request_), [self = shared_from_this()](const auto& error, std::size_t) {
      if (!error) self->read();
    });
  }
  void read() {
    asio::async_read(socket_, asio::buffer(answer_), [self = shared_from_this()](const auto& error, std::size_t) {
      if (!error && is_good(self->check_, self->answer_)) self->finish(true);
    });
  }
  void finish(bool answered) {
    if (finished_) return;
    finished_ = true;
    timeout_ = {};
    const auto round_trip = sys::now() - sent_;
    boost::system::error_code ignored;
    socket_.close(ignored);
    if (outcome_) outcome_(answered ? std::optional<Duration>(round_trip) : std::nullopt);
  }

  const network::HealthCheck& check_;
  Outcome outcome_;
  tcp::socket socket_;
  Duration sent_;
  std::string request_, answer_;
  sys::Timer timeout_;
  bool finished_ = false;
};

class StreamProber : public Prober {
 public:
  StreamProber(sys::Loop& loop, const network::HealthCheck& check, std::string interface, std::uint32_t mark,
               Outcome outcome)
      : loop_(loop), check_(check), interface_(std::move(interface)), mark_(mark), outcome_(std::move(outcome)) {
    every_ = sys::Timer::every(loop_, check_.interval, [this] { send(); });
    send();
  }
  ~StreamProber() override {
    for (const auto& attempt : attempts_) attempt->cancel();
  }

 private:
  void send() {
    std::erase_if(attempts_, [](const auto& attempt) { return attempt->finished(); });
    attempts_.push_back(std::make_shared<Attempt>(loop_, check_, outcome_));
    attempts_.back()->start(interface_, mark_);
  }

  sys::Loop& loop_;
  const network::HealthCheck& check_;
  std::string interface_;
  std::uint32_t mark_;
  Outcome outcome_;
  std::vector<std::shared_ptr<Attempt>> attempts_;
  sys::Timer every_;
};

}  // namespace

std::unique_ptr<Prober> make_stream_prober(sys::Loop& loop, const network::HealthCheck& check,
                                           const std::string& interface, std::uint32_t mark, Outcome outcome) {
  return std::make_unique<StreamProber>(loop, check, interface, mark, std::move(outcome));
}

}  // namespace xconn::sdwan
