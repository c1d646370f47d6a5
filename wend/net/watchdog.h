// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "wend/net/wait.h"

namespace wend::net {

/// Calls `bite` once when a deadline passes. The deadline may be moved before every read: that
/// stores it and nothing more. The one timer below it is set again when it fires too early, or when
/// a deadline comes that lies before it.
class Watchdog {
 public:
  Watchdog(boost::asio::io_context& context, std::function<void()> bite);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void set(Instant due);

  /// No deadline until the next set().
  void rest() { set(Instant::max()); }

  /// Whether a deadline has passed.
  bool bitten() const;

 private:
  struct State;

  static void arm(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;  ///< The timer's handler may run after us.
};

}  // namespace wend::net
