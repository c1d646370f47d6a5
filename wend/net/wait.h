// SPDX-License-Identifier: Apache-2.0
// Waiting without a socket: for a time, or for a value that another thread makes.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>

#include "wend/base/result.h"
#include "wend/base/task.h"
#include "wend/net/cancel.h"

namespace wend::net {

using Instant = std::chrono::steady_clock::time_point;
using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>,
                                                base::IoExecutor>;

/// Comes back at `until`, or earlier with the source's error once it is cancelled.
base::Task<base::Status> sleep_until(Instant until, CancelSource& cancel);

/// Comes back when `wake` has been called on the same I/O thread, at once if that was before.
/// Reusable: wait() takes the wake-up away again. One coroutine waits at a time.
class Event {
 public:
  explicit Event(boost::asio::io_context& context) : timer_(context.get_executor()) {}

  void wake();
  base::Task<void> wait();

  /// The same, until an instant at the latest. Whether it was woken.
  base::Task<bool> wait_until(Instant until);

 private:
  Timer timer_;
  bool woken_ = false;
};

/// A value that a worker thread makes and a coroutine awaits. Shared by both, so that either may go
/// first.
template <class T>
class OneShot : public std::enable_shared_from_this<OneShot<T>> {
 public:
  explicit OneShot(boost::asio::io_context& context) : context_(context), event_(context) {}

  /// From any thread, once.
  void set(T value) {
    boost::asio::post(context_,
                      [self = this->shared_from_this(), value = std::move(value)]() mutable {
                        self->value_.emplace(std::move(value));
                        self->event_.wake();
                      });
  }

  /// On the I/O thread: the value, or nothing once `cancel` was cancelled before it came.
  base::Task<std::optional<T>> wait(CancelSource& cancel) {
    const auto self = this->shared_from_this();
    const CancelSource::Guard guard(cancel, [this] { event_.wake(); });
    while (!value_ && !cancel.cancelled()) {
      co_await event_.wait();
    }
    co_return std::move(value_);
  }

 private:
  boost::asio::io_context& context_;
  Event event_;
  std::optional<T> value_;
};

}  // namespace wend::net
