// Telling a running FRR daemon commands of configuration mode.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace xconn::sys {
class Loop;
}

namespace xconn::services {

class Stream;

/// Sends the commands one after the other, each once the one before was answered, on the loop. `done` gets what was
/// refused ("'neighbor x' was refused: ..."), empty when nothing was, and may destroy this object. A daemon that hangs
/// up leaves it unfinished for good: its end is seen elsewhere.
class VtySession {
 public:
  using Done = std::function<void(const std::string& refused)>;
  /// nullptr when nobody listens at `socket`.
  static std::unique_ptr<VtySession> begin(sys::Loop& loop, const std::string& socket,
                                           const std::vector<std::string>& commands, Done done);
  ~VtySession();

 private:
  VtySession(std::vector<std::string> commands, Done done) : commands_(std::move(commands)), done_(std::move(done)) {}
  void received(std::string& buffer);
  void send_next();

  std::vector<std::string> commands_;
  Done done_;
  std::size_t next_ = 0;
  std::string refused_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace xconn::services
