// SPDX-License-Identifier: Apache-2.0
#include "sys/signals.hh"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cstring>

namespace xconn::sys {

Interrupted::Interrupted(int signal, const std::string& rest)
    : Error(std::string("interrupted by ") + ::strsignal(signal) + "; " + rest), signal_(signal) {}

Signals::Signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  ::pthread_sigmask(SIG_BLOCK, &set, &before_);
  fd_ = Fd{::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
}

Signals::~Signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

void Signals::demand_none(const std::string& rest) const {
  signalfd_siginfo info{};
  if (::read(fd_.get(), &info, sizeof info) == sizeof info) throw Interrupted(static_cast<int>(info.ssi_signo), rest);
}

}  // namespace xconn::sys
