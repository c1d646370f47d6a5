// SPDX-License-Identifier: Apache-2.0
#include "wend/base/stop.h"

#include <atomic>
#include <csignal>

namespace wend::base {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM};

/// The signal that asked; 0 where none did.
std::atomic<int> asked = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may not wait for a lock");

void set_action(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  ::sigemptyset(&action.sa_mask);
  for (const int signal : kSignals) {
    ::sigaction(signal, &action, nullptr);
  }
}

/// The next signal, of either kind, finds no handler and so ends the process.
void ask(int signal) {
  asked = signal;
  set_action(SIG_DFL);
}

}  // namespace

void heed_stop_signals() {
  set_action(ask);
}

Status check_stop() {
  const int signal = asked;
  if (signal == 0) {
    return {};
  }
  return fail(Code::kCancelled, "stopped by {}", signal == SIGINT ? "SIGINT" : "SIGTERM");
}

}  // namespace wend::base
