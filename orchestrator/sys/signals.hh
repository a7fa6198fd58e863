// SPDX-License-Identifier: Apache-2.0
// SIGINT, SIGTERM and SIGHUP as something to wait for, so that what was begun is taken back before a program ends.
#pragma once

#include <csignal>
#include <string>

#include "base/errors.hh"
#include "sys/fd.hh"

namespace xconn::sys {

/// The user pressed Ctrl-C, closed the terminal, or the process was asked to end.
class Interrupted : public Error {
 public:
  /// `rest`: what became of what was begun, "nothing is left".
  Interrupted(int signal, const std::string& rest);
  int signal() const { return signal_; }

 private:
  int signal_;
};

/// While it lives, these signals do nothing but to make fd() readable.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int fd() const { return fd_.get(); }
  /// Throws Interrupted when one has come.
  void demand_none(const std::string& rest) const;

 private:
  sigset_t before_{};
  Fd fd_;
};

}  // namespace xconn::sys
