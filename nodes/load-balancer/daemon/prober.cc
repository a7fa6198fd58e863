// SPDX-License-Identifier: Apache-2.0
#include "nodes/load-balancer/daemon/prober.hh"

#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <cstdio>
#include <istream>

#include "sys/clock.hh"
#include "sys/fd.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"

namespace xconn::lb {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr Duration kHttpPatience = std::chrono::seconds(30);

/// A connection is waited for a little less than an interval, so that two failed probes of 5 s are known of within the
/// 15 s that Azure's templates promise, and not at their very end.
Duration connect_patience(Duration interval) { return interval - interval / 20; }
constexpr std::size_t kMaxHeader = 16384;

sockaddr_in socket_address(const Address& address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(address.v4_value());
  return result;
}

// Connecting, from the probe's own address and by the one interface that leads to the backend's NIC.
sys::Fd open_socket(const ProbePath& path, std::uint16_t port) {
  const std::string name = path.address.text() + " by " + path.interface;
  sys::Fd fd(sys::check(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "open probe", name));
  const int on = 1;
  sys::check(::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, path.interface.data(),
                          static_cast<socklen_t>(path.interface.size())),
             "bind probe to interface", name);
  ::setsockopt(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const auto from = socket_address(path.source, 0), to = socket_address(path.address, port);
  sys::check(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from), "bind probe to address", name);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0 && errno != EINPROGRESS) {
    sys::check(-1, "connect probe", name);
  }
  return fd;
}

std::string spent(Duration duration) {
  char text[48];
  std::snprintf(text, sizeof text, "answered in %.1fms", std::chrono::duration<double, std::milli>(duration).count());
  return text;
}

}  // namespace

// One probe under way. Kept alive by its handlers; says its result once.
class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  using Done = std::function<void(bool answered, std::string text)>;
  Attempt(sys::Loop& loop, sys::Fd fd, const Probe& probe, std::string host, Done done)
      : socket_(loop.io(), tcp::v4(), fd.release()),
        answer_(kMaxHeader),
        probe_(probe),
        host_(std::move(host)),
        done_(std::move(done)) {}

  void start() {
    socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](const error_code& error) {
      if (!error) self->connected();
    });
  }
  bool over() const { return !done_; }
  bool waits_for_http() const { return connected_ && done_; }
  Duration age() const { return sys::now() - began_; }
  void finish(bool answered, std::string text) {
    if (!done_) return;
    error_code ignored;
    socket_.close(ignored);
    const Done done = std::exchange(done_, nullptr);
    done(answered, std::move(text));
  }
  void abandon() {
    done_ = nullptr;
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  void connected() {
    int failure = 0;
    socklen_t size = sizeof failure;
    ::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure == ECONNREFUSED) return finish(false, "refused");
    if (failure != 0) return finish(false, error_code(failure, boost::system::system_category()).message());
    connected_ = true;
    if (probe_.protocol == network::BackendProbe::kTcp) return finish(true, spent(age()));
    request();
  }
  void request() {
    out_ = "GET " + probe_.path + " HTTP/1.1\r\nHost: " + host_ + "\r\nUser-Agent: Load Balancer Agent\r\n" +
           "Connection: close\r\n\r\n";
    asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this()](const error_code& error, std::size_t) {
      if (error) return self->finish(false, "connection lost");
      asio::async_read_until(self->socket_, self->answer_, "\r\n",
                             [self](const error_code& failed, std::size_t) { self->status_line(failed); });
    });
  }
  void status_line(const error_code& error) {
    if (error) return finish(false, "connection closed without an answer");
    std::string version;
    int status = 0;
    std::istream(&answer_) >> version >> status;
    finish(status == 200, status == 200 ? spent(age()) : "HTTP status " + std::to_string(status));
  }

  tcp::socket socket_;
  asio::streambuf answer_;
  Probe probe_;
  std::string host_, out_;
  Done done_;
  Duration began_ = sys::now();
  bool connected_ = false;
};

struct Prober::State : std::enable_shared_from_this<State> {
  State(sys::Loop& on, const sys::Netns& in, ProbePath by, Probe how, std::function<void(const ProbeResult&)> tell)
      : loop(on), fabric(in), path(std::move(by)), probe(std::move(how)), on_result(std::move(tell)) {}

  void report(bool answered, std::string text) { on_result({sys::now(), answered, std::move(text)}); }

  void launch() {
    try {
      sys::Fd fd = fabric.run([this] { return open_socket(path, probe.port); });
      attempt = std::make_shared<Attempt>(loop, std::move(fd), probe, path.address.text(),
                                          [weak = weak_from_this()](bool answered, std::string text) {
                                            if (const auto self = weak.lock()) self->report(answered, std::move(text));
                                          });
      attempt->start();
      patience = sys::Timer::once(loop, connect_patience(period), [this] { give_up_connecting(); });
    } catch (const std::exception& error) {  // the interface is down or away: the backend cannot be reached
      attempt.reset();
      report(false, error.what());
    }
  }
  void give_up_connecting() {
    if (attempt && !attempt->waits_for_http())
      attempt->finish(false, "no answer within " + to_string(connect_patience(period)));
  }
  void due() {
    if (attempt && attempt->waits_for_http() && attempt->age() < kHttpPatience) return;
    const auto late = std::exchange(attempt, nullptr);
    if (late) late->finish(false, "no answer within " + to_string(late->waits_for_http() ? kHttpPatience : period));
    if (!attempt) launch();  // unless the verdict has started a new rhythm
  }

  sys::Loop& loop;
  const sys::Netns& fabric;
  ProbePath path;
  Probe probe;
  std::function<void(const ProbeResult&)> on_result;
  Duration period{0};
  std::shared_ptr<Attempt> attempt;
  sys::Timer timer, patience;
};

Prober::Prober(sys::Loop& loop, const sys::Netns& fabric, ProbePath path, Probe probe,
               std::function<void(const ProbeResult&)> on_result)
    : state_(std::make_shared<State>(loop, fabric, std::move(path), std::move(probe), std::move(on_result))) {}

Prober::~Prober() {
  if (state_->attempt) state_->attempt->abandon();
}

void Prober::start(Duration period, bool first_at_once) {
  state_->period = period;
  state_->timer = sys::Timer::every(state_->loop, period, [state = state_.get()] { state->due(); });
  if (first_at_once) state_->launch();
}

void Prober::probe_by(Probe probe) { state_->probe = std::move(probe); }

}  // namespace xconn::lb
