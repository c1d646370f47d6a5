// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>

#include <boost/asio/io_context.hpp>

#include "wend/net/cancel.h"
#include "wend/net/wait.h"

namespace wend::net {

class DeadlineGuard;

/// The deadlines of an I/O thread's requests. One timer waits for the earliest, and is let be when
/// that one is gone: requests mostly end in time, and then none of them has touched a timer.
class DeadlineList : public boost::asio::io_context::service {
 public:
  using Place = std::multimap<Instant, DeadlineGuard*>::iterator;

  static inline boost::asio::io_context::id id;

  explicit DeadlineList(boost::asio::io_context& context);

  Place add(Instant until, DeadlineGuard& guard);

  void remove(Place place) { guards_.erase(place); }

 private:
  void shutdown() override { timer_.reset(); }

  void arm(Instant until);
  void end_what_is_due();

  std::multimap<Instant, DeadlineGuard*> guards_;
  std::optional<Timer> timer_;
  Instant armed_ = Instant::max();  ///< When the timer fires; max: it does not run.
};

/// Cancels `cancel` with kDeadlineExceeded at `until`, unless it is gone by then. On the context's
/// thread; the context has work until `until`, whether the guard is gone or not.
class DeadlineGuard {
 public:
  DeadlineGuard(boost::asio::io_context& context, Instant until, CancelSource& cancel);
  ~DeadlineGuard();
  DeadlineGuard(const DeadlineGuard&) = delete;
  DeadlineGuard& operator=(const DeadlineGuard&) = delete;

 private:
  friend DeadlineList;

  void bite();

  DeadlineList& list_;
  CancelSource& cancel_;
  std::optional<DeadlineList::Place> place_;  ///< Nothing once the deadline has passed.
};

}  // namespace wend::net
