// SPDX-License-Identifier: Apache-2.0
#include "wend/net/watchdog.h"

#include <utility>

namespace wend::net {

struct Watchdog::State {
  State(boost::asio::io_context& context, std::function<void()> what)
      : timer(context.get_executor()), bite(std::move(what)) {}

  Timer timer;
  std::function<void()> bite;  ///< Empty once it has been called or nobody wants it any more.
  Instant due = Instant::max();
  Instant armed = Instant::max();  ///< When the timer fires; max: it does not run.
  bool bitten = false;
};

Watchdog::Watchdog(boost::asio::io_context& context, std::function<void()> bite)
    : state_(std::make_shared<State>(context, std::move(bite))) {}

Watchdog::~Watchdog() {
  state_->bite = nullptr;
  state_->timer.cancel();
}

bool Watchdog::bitten() const {
  return state_->bitten;
}

void Watchdog::set(Instant due) {
  state_->due = due;
  if (due < state_->armed) {
    arm(state_);
  }
}

void Watchdog::arm(const std::shared_ptr<State>& state) {
  state->armed = state->due;
  state->timer.expires_at(state->due);  // Ends the wait for a later instant.
  state->timer.async_wait([state](const boost::system::error_code& ended) {
    if (ended || !state->bite) {
      return;
    }
    state->armed = Instant::max();
    if (Instant::clock::now() >= state->due) {
      state->bitten = true;
      std::exchange(state->bite, nullptr)();
    } else if (state->due != Instant::max()) {
      arm(state);
    }
  });
}

}  // namespace wend::net
