// SPDX-License-Identifier: Apache-2.0
#include "nodes/host/daemon/tcp_server.hh"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <string>

#include "sys/loop.hh"

namespace xconn::echo {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kMaxRequest = 8192;
constexpr auto kPause = std::chrono::milliseconds(100);

std::string http_answer() {
  const std::string body = "ok\n";
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

struct TcpServer::State : std::enable_shared_from_this<State> {
  State(sys::Loop& loop, std::uint16_t port, Answer kind, std::size_t most)
      : acceptor(loop.io(), tcp::v6()), pause(loop.io()), answer(kind), limit(most) {
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.set_option(asio::ip::v6_only(false));
    acceptor.bind({tcp::v6(), port});
    acceptor.listen(1024);
  }
  void accept();
  void open(tcp::socket socket);
  void make_room();
  void close();

  tcp::acceptor acceptor;
  asio::steady_timer pause;
  Answer answer;
  std::size_t limit;
  TcpCounters counters;
  std::list<std::shared_ptr<Session>> sessions;  // silent longest first
};

class TcpServer::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, TcpServer::State& server)
      : socket_(std::move(socket)), server_(server.weak_from_this()) {}

  void start(std::list<std::shared_ptr<Session>>::iterator place) {
    place_ = place;
    read();
  }
  void close() {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  void read() {
    socket_.async_read_some(asio::buffer(buffer_), [self = shared_from_this()](const error_code& error, std::size_t n) {
      self->received(error, n);
    });
  }
  void received(const error_code& error, std::size_t size) {
    const auto server = server_.lock();
    if (!server || !socket_.is_open()) return;  // closed by make_room(), which took it off the list
    if (error) return forget(*server);
    server->sessions.splice(server->sessions.end(), server->sessions, place_);
    if (server->answer == Answer::kEcho) {
      reply(*server, std::string(buffer_.data(), size), size);
    } else {
      received_request(*server, size);
    }
  }
  void received_request(TcpServer::State& server, std::size_t size) {
    request_.append(buffer_.data(), size);
    if (request_.find("\r\n\r\n") != std::string::npos) {
      last_ = true;
      reply(server, http_answer(), 1);
    } else if (request_.size() > kMaxRequest) {
      forget(server);
    } else {
      read();
    }
  }
  void reply(TcpServer::State& server, std::string text, std::uint64_t worth) {
    out_ = std::move(text);
    server.counters.answered += worth;
    asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this()](const error_code& error, std::size_t) {
      const auto owner = self->server_.lock();
      if (!owner) return;
      if (error || self->last_) return self->forget(*owner);
      self->read();
    });
  }
  void forget(TcpServer::State& server) {
    if (!socket_.is_open()) return;
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
    server.sessions.erase(place_);
  }

  tcp::socket socket_;
  std::weak_ptr<TcpServer::State> server_;
  std::list<std::shared_ptr<Session>>::iterator place_;
  std::array<char, 16384> buffer_;
  std::string out_, request_;
  bool last_ = false;
};

void TcpServer::State::accept() {
  acceptor.async_accept([weak = weak_from_this()](const error_code& error, tcp::socket socket) {
    const auto self = weak.lock();
    if (!self || !self->acceptor.is_open()) return;
    if (!error) {
      self->open(std::move(socket));
      return self->accept();
    }
    self->pause.expires_after(kPause);  // out of descriptors: asking again at once would spin
    self->pause.async_wait([weak](const error_code& stopped) {
      if (const auto later = weak.lock(); later && !stopped) later->accept();
    });
  });
}

void TcpServer::State::open(tcp::socket socket) {
  make_room();
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  ++counters.accepted;
  sessions.push_back(std::make_shared<Session>(std::move(socket), *this));
  sessions.back()->start(std::prev(sessions.end()));
}

void TcpServer::State::make_room() {
  while (sessions.size() >= limit) {
    sessions.front()->close();
    sessions.pop_front();
    ++counters.displaced;
  }
}

void TcpServer::State::close() {
  error_code ignored;
  acceptor.close(ignored);
  pause.cancel();
  for (const auto& session : sessions) session->close();
  sessions.clear();
}

TcpServer::TcpServer(sys::Loop& loop, std::uint16_t port, Answer answer, std::size_t limit)
    : state_(std::make_shared<State>(loop, port, answer, limit)) {
  state_->accept();
}
TcpServer::~TcpServer() { state_->close(); }

std::uint16_t TcpServer::port() const { return state_->acceptor.local_endpoint().port(); }
std::size_t TcpServer::connections() const { return state_->sessions.size(); }
const TcpCounters& TcpServer::counters() const { return state_->counters; }

}  // namespace xconn::echo
