// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "wend/base/result.h"

namespace wend::net {

/// Tells whatever waits on behalf of a request that nobody wants the answer any more: the client
/// has gone, the deadline has passed, the server is cut off. Belongs to one I/O thread; not safe
/// from others.
class CancelSource {
 public:
  CancelSource() = default;
  CancelSource(const CancelSource&) = delete;
  CancelSource& operator=(const CancelSource&) = delete;

  bool cancelled() const { return error_.has_value(); }

  /// Why; needs cancelled().
  const base::Error& error() const { return *error_; }

  class Guard;

  /// Runs every registered action once, newest first. A second call does nothing.
  void cancel(base::Error why);

 private:
  Guard* newest_ = nullptr;
  std::optional<base::Error> error_;
};

/// Alive while an operation waits: its action (close a socket, end a timer) runs on cancel(). The
/// action must not destroy the source. The guards of a source are its list: none is allocated.
class CancelSource::Guard {
 public:
  Guard(CancelSource& source, std::function<void()> action)
      : source_(source), action_(std::move(action)), older_(source.newest_) {
    if (source.cancelled()) {
      std::exchange(action_, nullptr)();
      return;
    }
    if (older_ != nullptr) {
      older_->newer_ = this;
    }
    source.newest_ = this;
  }

  ~Guard() {
    if (action_) {
      leave();
    }
  }

  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  friend CancelSource;

  void leave() {
    (newer_ != nullptr ? newer_->older_ : source_.newest_) = older_;
    if (older_ != nullptr) {
      older_->newer_ = newer_;
    }
  }

  CancelSource& source_;
  std::function<void()> action_;  ///< Empty once it has run: then this is no longer in the list.
  Guard* older_;
  Guard* newer_ = nullptr;
};

inline void CancelSource::cancel(base::Error why) {
  if (error_) {
    return;
  }
  error_ = std::move(why);
  while (newest_ != nullptr) {
    Guard& guard = *newest_;
    guard.leave();
    // The action may destroy the guard.
    const std::function<void()> action = std::exchange(guard.action_, nullptr);
    action();
  }
}

}  // namespace wend::net
