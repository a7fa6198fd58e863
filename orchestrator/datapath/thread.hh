// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <thread>

namespace xconn::datapath {

/// A thread that takes no signals: they belong to the program's own threads.
std::thread start_without_signals(std::function<void()> body);

}  // namespace xconn::datapath
