// SPDX-License-Identifier: Apache-2.0
#include "wend/net/connect_race.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/this_coro.hpp>

namespace wend::net {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kHeadStart{250};

Addresses in_turns(const Addresses& addresses) {
  std::deque<boost::asio::ip::address> first;
  std::deque<boost::asio::ip::address> second;
  for (const auto& address : addresses) {
    (address.is_v4() == addresses.front().is_v4() ? first : second).push_back(address);
  }
  Addresses turns;
  while (!first.empty() || !second.empty()) {
    for (auto* family : {&first, &second}) {
      if (!family->empty()) {
        turns.push_back(family->front());
        family->pop_front();
      }
    }
  }
  return turns;
}

/// The attempts under way. Shared with their completions, which may come after all is over.
class Race : public std::enable_shared_from_this<Race> {
 public:
  Race(base::IoExecutor executor, Addresses addresses, std::uint16_t port)
      : addresses_(in_turns(addresses)),
        port_(port),
        executor_(executor),
        event_(executor.context()) {}

  Event& event() { return event_; }

  bool won() const { return winner_.has_value(); }

  bool lost() const { return under_way_ == 0 && sockets_.size() == addresses_.size(); }

  bool may_start() const { return sockets_.size() < addresses_.size(); }

  /// Nobody is to be waited for before the next address.
  bool must_start() const { return under_way_ == 0 && may_start(); }

  Socket take_winner() { return std::move(sockets_[*winner_]); }

  const error_code& last_failure() const { return last_failure_; }

  void start_next() {
    const std::size_t at = sockets_.size();
    Socket& socket = sockets_.emplace_back(executor_);
    const tcp::endpoint endpoint(addresses_[at], port_);
    if (socket.open(endpoint.protocol(), last_failure_)) {
      return;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(boost::asio::socket_base::keep_alive(true), ignored);
    ++under_way_;
    socket.async_connect(endpoint, [self = shared_from_this(), at](const error_code& error) {
      self->finish(at, error);
    });
  }

  /// Closes all but a winner that has been taken.
  void end() {
    for (Socket& socket : sockets_) {
      error_code ignored;
      socket.close(ignored);
    }
  }

 private:
  void finish(std::size_t at, const error_code& error) {
    --under_way_;
    if (error) {
      last_failure_ = error;
    } else if (!winner_) {
      winner_ = at;
    }
    event_.wake();
  }

  Addresses addresses_;
  std::uint16_t port_;
  base::IoExecutor executor_;
  Event event_;
  std::deque<Socket> sockets_;  ///< One for each address that has been tried; they do not move.
  std::size_t under_way_ = 0;
  std::optional<std::size_t> winner_;
  error_code last_failure_;
};

/// Ends the race however its coroutine ends.
struct RaceEnd {
  void operator()(Race* race) const { race->end(); }
};

}  // namespace

base::Task<base::Result<Socket>> connect_race(Addresses addresses,
                                              std::uint16_t port,
                                              Instant until,
                                              CancelSource& cancel) {
  const base::IoExecutor executor = co_await boost::asio::this_coro::executor;
  const auto race = std::make_shared<Race>(executor, std::move(addresses), port);
  const std::unique_ptr<Race, RaceEnd> end(race.get());
  const CancelSource::Guard guard(cancel, [race] { race->end(), race->event().wake(); });
  Instant next_start = Instant::min();
  while (!race->won() && !race->lost() && !cancel.cancelled()) {
    const Instant now = Instant::clock::now();
    if (now >= until) {
      co_return base::fail(base::Code::kDeadlineExceeded, "nobody took the connection");
    }
    if (race->must_start() || (race->may_start() && now >= next_start)) {
      race->start_next();
      next_start = now + kHeadStart;
      continue;
    }
    const Instant look_again = race->may_start() ? std::min(next_start, until) : until;
    co_await race->event().wait_until(look_again);
  }
  if (cancel.cancelled()) {
    co_return tl::unexpected(cancel.error());
  }
  if (!race->won()) {
    co_return base::fail(base::Code::kUnavailable, "{}", race->last_failure().message());
  }
  co_return race->take_winner();
}

}  // namespace wend::net
