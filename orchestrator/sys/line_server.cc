// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "sys/clock.hh"
#include "sys/line.hh"
#include "sys/lines.hh"
#include "sys/loop.hh"
#include "sys/unix_socket.hh"

namespace xconn::sys {
namespace {

namespace asio = boost::asio;
using Socket = asio::local::stream_protocol::socket;
using Code = boost::system::error_code;

constexpr std::size_t kMostForOne = 16U << 20;   // waits for one client, before what it is sent next
constexpr std::size_t kMostForAll = 256U << 20;  // waits for all clients, or comes in one request

/// What waits to be taken by the clients of a server.
struct Waiting {
  std::size_t bytes = 0;
  std::function<void(const Connection& last)> too_much;
};

/// One client: reads a line once nothing waits to be read by it, and writes what is queued one after the other.
class Peer : public Connection {
 public:
  using Receive = std::function<void(Peer&, std::string)>;
  Peer(Socket socket, std::shared_ptr<Waiting> all, Receive receive)
      : socket_(std::move(socket)), all_(std::move(all)), receive_(std::move(receive)) {}
  ~Peer() override { all_->bytes -= waiting_; }

  void start() { serve_and_read(); }

  void send(std::string line) override {
    if (!socket_.is_open() || closing_) return;
    if (waiting_ > kMostForOne) return drop();
    queue_.push_back(std::move(line) + "\n");
    waiting_ += queue_.back().size();
    all_->bytes += queue_.back().size();
    if (queue_.size() == 1) write();
    if (all_->bytes > kMostForAll) all_->too_much(*this);
  }

  void feed(std::function<std::optional<std::string>()> next) override {
    next_ = std::move(next);
    more();
  }

  void more() override {
    while (socket_.is_open() && queue_.empty() && next_) {
      auto lines = next_();
      if (!lines) return;
      send(std::move(*lines));
    }
  }

  void close() override {
    closing_ = true;
    if (queue_.empty()) drop();
  }

  /// Also while nothing is read from it: who has gone is seen at once.
  bool is_open() const override { return socket_.is_open() && !has_hung_up(); }

  void on_close(std::function<void()> callback) override { on_close_.push_back(std::move(callback)); }

  void drop() {
    if (!socket_.is_open()) return;
    Code ignored;
    socket_.close(ignored);
    next_ = {};
    for (const auto& call : std::exchange(on_close_, {})) call();
  }

  void forget_callbacks() { on_close_.clear(); }
  bool waits() const { return !queue_.empty(); }
  Duration last_taken() const { return last_taken_; }

 private:
  bool has_hung_up() const {
    pollfd state{const_cast<Socket&>(socket_).native_handle(), 0, 0};
    return ::poll(&state, 1, 0) == 1 && (state.revents & POLLHUP) != 0;
  }

  std::shared_ptr<Peer> self() { return std::static_pointer_cast<Peer>(shared_from_this()); }

  /// Requests are served as fast as their answers are read.
  void serve_and_read() {
    const auto me = self();
    while (socket_.is_open() && queue_.empty()) {
      auto line = received_.next();
      if (!line) break;
      read();  // first: while a long request is served, its client may go
      receive_(*this, std::move(*line));
    }
    read();
  }

  void read() {
    if (reading_ || !socket_.is_open() || !queue_.empty()) return;
    if (received_.pending() > kMostForAll) return drop();
    reading_ = true;
    socket_.async_read_some(asio::buffer(buffer_), [me = self()](const Code& error, std::size_t size) {
      me->reading_ = false;
      if (error) return me->drop();
      me->received_.add({me->buffer_.data(), size});
      me->serve_and_read();
    });
  }

  void write() {
    last_taken_ = now();
    asio::async_write(socket_, asio::buffer(queue_.front()), [me = self()](const Code& error, std::size_t size) {
      if (error) return me->drop();
      me->took(size);
    });
  }

  void took(std::size_t size) {
    waiting_ -= size;
    all_->bytes -= size;
    queue_.pop_front();
    if (!queue_.empty()) return write();
    if (closing_) return drop();
    more();
    serve_and_read();
  }

  Socket socket_;
  std::shared_ptr<Waiting> all_;
  Receive receive_;
  std::array<char, 16384> buffer_;
  Lines received_;
  bool reading_ = false;
  std::deque<std::string> queue_;
  std::size_t waiting_ = 0;
  Duration last_taken_{0};
  std::function<std::optional<std::string>()> next_;
  bool closing_ = false;
  std::vector<std::function<void()>> on_close_;
};

}  // namespace

struct LineServer::State : std::enable_shared_from_this<LineServer::State> {
  State(Loop& loop, const std::string& its_path, mode_t mode, Handler call)
      : path(its_path),
        acceptor(loop.io(), asio::local::stream_protocol(), listen_at(its_path, mode).release()),
        handler(std::move(call)) {
    waiting->too_much = [this](const Connection& last) { make_room(last); };
  }

  void accept() {
    acceptor.async_accept([self = shared_from_this()](const Code& error, Socket socket) {
      if (!self->acceptor.is_open()) return;
      if (!error) self->welcome(std::move(socket));
      self->accept();
    });
  }

  void welcome(Socket socket) {
    auto peer =
        std::make_shared<Peer>(std::move(socket), waiting, [weak = weak_from_this()](Peer& from, std::string line) {
          if (const auto self = weak.lock(); self && self->acceptor.is_open()) self->handler(from, std::move(line));
        });
    peers.insert(peer);
    peer->on_close([weak = weak_from_this(), gone = std::weak_ptr(peer)] {
      if (const auto self = weak.lock()) self->peers.erase(gone.lock());
    });
    peer->start();
  }

  /// The client that has taken nothing for the longest time goes. What is for one alone may be as long as it must.
  void make_room(const Connection& last) {
    std::shared_ptr<Peer> slowest;
    for (const auto& peer : peers)
      if (peer.get() != &last && peer->waits() && (!slowest || peer->last_taken() < slowest->last_taken()))
        slowest = peer;
    if (slowest) slowest->drop();
  }

  void stop() noexcept {
    Code ignored;
    waiting->too_much = [](const Connection&) {};
    acceptor.close(ignored);
    ::unlink(path.c_str());
    for (const auto& peer : std::exchange(peers, {})) {
      peer->forget_callbacks();  // the owner is going: nobody is to be told
      peer->drop();
    }
  }

  std::string path;
  asio::local::stream_protocol::acceptor acceptor;
  Handler handler;
  std::shared_ptr<Waiting> waiting = std::make_shared<Waiting>();
  std::set<std::shared_ptr<Peer>> peers;
};

LineServer::LineServer(Loop& loop, const std::string& path, mode_t mode, Handler handler)
    : state_(std::make_shared<State>(loop, path, mode, std::move(handler))) {
  state_->accept();
}

LineServer::~LineServer() { state_->stop(); }

}  // namespace xconn::sys
