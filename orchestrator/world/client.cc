#include "world/client.hh"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/errors.hh"
#include "world/error_wire.hh"
#include "world/run_folder.hh"

namespace xconn::world {
namespace {

using nlohmann::json;

sys::Fd connect_to(const std::string& lab) {
  const auto path = (RunFolder::path_of(lab) / "agent.sock").string();
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  if (path.size() >= sizeof address.sun_path) throw Error(path + ": too long for a socket; choose a shorter XCONN_RUN");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  sys::Fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
  if (errno == EACCES) throw HostError("lab " + lab + " belongs to root", "run it as root: sudo xconn ...");
  throw NotFoundError("lab " + lab + " is not up");
}

void send_all(const sys::Fd& fd, const std::string& text) {
  for (std::size_t sent = 0; sent < text.size();) {
    const auto count = ::send(fd.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno != EINTR) throw KernelError("send", "agent", "", errno);
    if (count > 0) sent += static_cast<std::size_t>(count);
  }
}

}  // namespace

bool for_each_line(const sys::Fd& fd, const std::function<bool(const std::string&)>& line) {
  std::string pending;
  char buffer[65536];
  for (;;) {
    const auto count = ::read(fd.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    pending.append(buffer, static_cast<std::size_t>(count));
    for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
      const auto one = pending.substr(0, end);
      pending.erase(0, end + 1);
      if (!line(one)) return true;
    }
  }
}

Client::Client(std::string lab) : lab_(std::move(lab)) { (void)connect_to(lab_); }

json Client::call(const std::string& verb, json parameters, const Progress& progress) {
  const auto socket = connect_to(lab_);
  parameters["verb"] = verb;
  send_all(socket, parameters.dump() + "\n");
  json answer;
  const bool whole = for_each_line(socket, [&](const std::string& line) {
    auto message = json::parse(line);
    if (!message.contains("progress")) {
      answer = std::move(message);
      return false;
    }
    if (progress) progress(message["progress"]);
    return true;
  });
  if (!whole) throw Error("lab " + lab_ + " went down while it was asked to " + verb);
  if (answer.contains("error")) throw_error(answer["error"]);
  return answer["result"];
}

}  // namespace xconn::world
