#include "sys/privilege.hh"

#include <unistd.h>

namespace xconn::sys {

std::string privilege_remedy(const std::string& command) {
  if (::geteuid() != 0) return "run it as root: sudo " + command;
  return "in a container: docker run --privileged, or --cap-add SYS_ADMIN --cap-add NET_ADMIN";
}

}  // namespace xconn::sys
