// SPDX-License-Identifier: Apache-2.0
#include "wend/net/deadline_guard.h"

#include <utility>

namespace wend::net {

DeadlineList::DeadlineList(boost::asio::io_context& context)
    : boost::asio::io_context::service(context) {
  timer_.emplace(context.get_executor());
}

DeadlineList::Place DeadlineList::add(Instant until, DeadlineGuard& guard) {
  if (until < armed_) {
    arm(until);
  }
  return guards_.emplace(until, &guard);
}

void DeadlineList::arm(Instant until) {
  armed_ = until;
  timer_->expires_at(until);  // Ends the wait for a later instant.
  timer_->async_wait([this](const boost::system::error_code& ended) {
    if (!ended) {
      armed_ = Instant::max();
      end_what_is_due();
    }
  });
}

void DeadlineList::end_what_is_due() {
  const Instant now = Instant::clock::now();
  while (!guards_.empty() && guards_.begin()->first <= now) {
    guards_.begin()->second->bite();
  }
  if (!guards_.empty() && guards_.begin()->first < armed_) {
    arm(guards_.begin()->first);
  }
}

DeadlineGuard::DeadlineGuard(boost::asio::io_context& context, Instant until, CancelSource& cancel)
    : list_(boost::asio::use_service<DeadlineList>(context)),
      cancel_(cancel),
      place_(list_.add(until, *this)) {}

DeadlineGuard::~DeadlineGuard() {
  if (place_) {
    list_.remove(*place_);
  }
}

/// What is cancelled may take this very guard away.
void DeadlineGuard::bite() {
  list_.remove(*std::exchange(place_, std::nullopt));
  cancel_.cancel({base::Code::kDeadlineExceeded, "the request took longer than it may", {}});
}

}  // namespace wend::net
