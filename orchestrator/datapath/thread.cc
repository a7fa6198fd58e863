// SPDX-License-Identifier: Apache-2.0
#include "datapath/thread.hh"

#include <pthread.h>
#include <signal.h>

namespace xconn::datapath {

std::thread start_without_signals(std::function<void()> body) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(body));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace xconn::datapath
