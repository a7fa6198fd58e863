#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <set>

#include "sys/line.hh"
#include "sys/loop.hh"
#include "sys/unix_socket.hh"

namespace xconn::sys {
namespace {

namespace asio = boost::asio;
using Socket = asio::local::stream_protocol::socket;
using Code = boost::system::error_code;

/// One client: reads lines, and writes what is queued one after the other.
class Peer : public Connection {
 public:
  using Receive = std::function<void(Peer&, std::string)>;
  Peer(Socket socket, Receive receive) : socket_(std::move(socket)), receive_(std::move(receive)) {}

  void start() { read(); }

  void send(std::string line) override {
    if (!is_open() || closing_) return;
    waiting_ += line.size() + 1;
    if (waiting_ > kLongestLine) return drop();
    queue_.push_back(std::move(line) + "\n");
    if (queue_.size() == 1) write();
  }

  void close() override {
    closing_ = true;
    if (queue_.empty()) drop();
  }

  bool is_open() const override { return socket_.is_open(); }

  void on_close(std::function<void()> callback) override { on_close_.push_back(std::move(callback)); }

  void drop() {
    if (!socket_.is_open()) return;
    Code ignored;
    socket_.close(ignored);
    for (const auto& call : std::exchange(on_close_, {})) call();
  }

  void forget_callbacks() { on_close_.clear(); }

 private:
  std::shared_ptr<Peer> self() { return std::static_pointer_cast<Peer>(shared_from_this()); }

  void read() {
    asio::async_read_until(socket_, asio::dynamic_buffer(received_, kLongestLine), '\n',
                           [me = self()](const Code& error, std::size_t size) {
                             if (error) return me->drop();
                             auto line = me->received_.substr(0, size - 1);
                             me->received_.erase(0, size);
                             me->read();  // first: while a long request is served, its client may go
                             me->receive_(*me, std::move(line));
                           });
  }

  void write() {
    asio::async_write(socket_, asio::buffer(queue_.front()), [me = self()](const Code& error, std::size_t) {
      if (error) return me->drop();
      me->waiting_ -= me->queue_.front().size();
      me->queue_.pop_front();
      if (!me->queue_.empty()) return me->write();
      if (me->closing_) me->drop();
    });
  }

  Socket socket_;
  Receive receive_;
  std::string received_;
  std::deque<std::string> queue_;
  std::size_t waiting_ = 0;
  bool closing_ = false;
  std::vector<std::function<void()>> on_close_;
};

}  // namespace

struct LineServer::State : std::enable_shared_from_this<LineServer::State> {
  State(Loop& loop, const std::string& its_path, mode_t mode, Handler call)
      : path(its_path),
        acceptor(loop.io(), asio::local::stream_protocol(), listen_at(its_path, mode).release()),
        handler(std::move(call)) {}

  void accept() {
    acceptor.async_accept([self = shared_from_this()](const Code& error, Socket socket) {
      if (!self->acceptor.is_open()) return;
      if (!error) self->welcome(std::move(socket));
      self->accept();
    });
  }

  void welcome(Socket socket) {
    auto peer = std::make_shared<Peer>(std::move(socket), [weak = weak_from_this()](Peer& from, std::string line) {
      if (const auto self = weak.lock(); self && self->acceptor.is_open()) self->handler(from, std::move(line));
    });
    peers.insert(peer);
    peer->on_close([weak = weak_from_this(), gone = std::weak_ptr(peer)] {
      if (const auto self = weak.lock()) self->peers.erase(gone.lock());
    });
    peer->start();
  }

  void stop() noexcept {
    Code ignored;
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
  std::set<std::shared_ptr<Peer>> peers;
};

LineServer::LineServer(Loop& loop, const std::string& path, mode_t mode, Handler handler)
    : state_(std::make_shared<State>(loop, path, mode, std::move(handler))) {
  state_->accept();
}

LineServer::~LineServer() { state_->stop(); }

}  // namespace xconn::sys
