// SPDX-License-Identifier: Apache-2.0
#include "wend/net/signals.h"

#include <csignal>
#include <memory>
#include <utility>

#include <boost/asio/signal_set.hpp>
#include <sys/resource.h>

namespace wend::net {
namespace {

struct Watch {
  Watch(boost::asio::io_context& context, std::function<bool(int)> what)
      : signals(context, SIGTERM, SIGINT, SIGHUP), action(std::move(what)) {}

  boost::asio::signal_set signals;
  std::function<bool(int)> action;
};

void wait_for_next(const std::shared_ptr<Watch>& watch) {
  watch->signals.async_wait([watch](const boost::system::error_code& ended, int signal) {
    if (!ended && watch->action(signal)) {
      wait_for_next(watch);
    }
  });
}

}  // namespace

void on_signals(boost::asio::io_context& context, std::function<bool(int signal)> action) {
  wait_for_next(std::make_shared<Watch>(context, std::move(action)));
}

void raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

}  // namespace wend::net
