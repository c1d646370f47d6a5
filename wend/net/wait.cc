// SPDX-License-Identifier: Apache-2.0
#include "wend/net/wait.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace wend::net {

base::Task<base::Status> sleep_until(Instant until, CancelSource& cancel) {
  Timer timer(co_await boost::asio::this_coro::executor);
  timer.expires_at(until);
  const CancelSource::Guard guard(cancel, [&timer] { timer.cancel(); });
  if (!cancel.cancelled()) {
    boost::system::error_code ignored;
    co_await timer.async_wait(
        boost::asio::redirect_error(boost::asio::use_awaitable_t<base::IoExecutor>{}, ignored));
  }
  if (cancel.cancelled()) {
    co_return tl::unexpected(cancel.error());
  }
  co_return base::Status{};
}

void Event::wake() {
  woken_ = true;
  timer_.cancel();
}

base::Task<void> Event::wait() {
  co_await wait_until(Instant::max());
}

base::Task<bool> Event::wait_until(Instant until) {
  if (!woken_) {
    timer_.expires_at(until);
    boost::system::error_code ignored;
    co_await timer_.async_wait(
        boost::asio::redirect_error(boost::asio::use_awaitable_t<base::IoExecutor>{}, ignored));
  }
  co_return std::exchange(woken_, false);
}

}  // namespace wend::net
