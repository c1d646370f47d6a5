// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <list>
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

  /// Runs every registered action once, newest first. A second call does nothing.
  void cancel(base::Error why) {
    if (error_) {
      return;
    }
    error_ = std::move(why);
    while (!actions_.empty()) {
      const std::function<void()> action = std::move(actions_.back());
      actions_.pop_back();
      action();
    }
  }

  /// Alive while an operation waits: its action (close a socket, end a timer) runs on cancel(). The
  /// action must not destroy the source.
  class Guard {
   public:
    Guard(CancelSource& source, std::function<void()> action) : source_(&source) {
      if (!source.cancelled()) {
        place_ = source.actions_.insert(source.actions_.end(), std::move(action));
      } else {
        action();
      }
    }

    ~Guard() {
      if (place_ && !source_->cancelled()) {
        source_->actions_.erase(*place_);
      }
    }

    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    CancelSource* source_;
    std::optional<std::list<std::function<void()>>::iterator> place_;
  };

 private:
  std::list<std::function<void()>> actions_;
  std::optional<base::Error> error_;
};

}  // namespace wend::net
