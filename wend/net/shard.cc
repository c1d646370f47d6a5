// SPDX-License-Identifier: Apache-2.0
#include "wend/net/shard.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <string>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "wend/net/io_threads.h"
#include "wend/net/server_connection.h"

namespace wend::net {
namespace {

using boost::system::error_code;
using std::chrono::milliseconds;
constexpr boost::asio::use_awaitable_t<base::IoExecutor> kAwait{};

constexpr std::size_t kScratchBytes = 64 << 10;
/// After an accept that failed for want of files or memory.
constexpr milliseconds kAcceptPause{50};
/// From the last connection begun to the close of the listener: the handshake's last way.
constexpr milliseconds kHandshakeTime{50};

/// How late a deadline may be noticed.
milliseconds tick_of(const HttpServerLimits& limits) {
  const milliseconds least =
      std::min({limits.head_timeout, limits.idle_timeout, limits.body_grace, limits.write_timeout});
  return std::clamp(least / 8, milliseconds(10), milliseconds(250));
}

}  // namespace

Shard::Shard(boost::asio::io_context& context,
             TcpAcceptor acceptor,
             std::shared_ptr<ServerState> server)
    : context_(context),
      acceptor_(std::move(acceptor)),
      server_(std::move(server)),
      tick_(context.get_executor()),
      scratch_(kScratchBytes) {
  error_code ignored;
  acceptor_.non_blocking(true, ignored);
}

void Shard::start() {
  spawn(context_, accept_all(shared_from_this()));
  spawn(context_, watch_deadlines(shared_from_this()));
}

base::Task<void> Shard::accept_all(std::shared_ptr<Shard> self) {
  while (self->acceptor_.is_open()) {
    TcpSocket socket(self->context_.get_executor());
    error_code error;
    co_await self->acceptor_.async_accept(socket, boost::asio::redirect_error(kAwait, error));
    if (!error) {
      self->admit(std::move(socket));
    } else if (error != boost::asio::error::connection_aborted && self->acceptor_.is_open()) {
      co_await self->pause(kAcceptPause);
    }
  }
}

base::Task<void> Shard::pause(milliseconds time) {
  Timer timer(context_.get_executor(), time);
  error_code ignored;
  co_await timer.async_wait(boost::asio::redirect_error(kAwait, ignored));
}

base::Task<void> Shard::watch_deadlines(std::shared_ptr<Shard> self) {
  const milliseconds tick = tick_of(self->server_->limits);
  while (!self->stopped_) {
    self->tick_.expires_after(tick);
    error_code ignored;
    co_await self->tick_.async_wait(boost::asio::redirect_error(kAwait, ignored));
    const Instant now = Instant::clock::now();
    for (ServerConnection* connection : self->connections_) {
      connection->check_deadlines(now);
    }
  }
}

void Shard::admit(TcpSocket socket) {
  if (server_->connections.load(std::memory_order_relaxed) >= server_->limits.connections) {
    turn_away(std::move(socket));
    return;
  }
  server_->accepted.fetch_add(1, std::memory_order_relaxed);
  const auto connection = std::make_shared<ServerConnection>(std::move(socket), shared_from_this());
  spawn(context_, ServerConnection::serve(connection));
}

/// Says why, if the kernel takes it at once.
void Shard::turn_away(TcpSocket socket) {
  server_->refused_requests.fetch_add(1, std::memory_order_relaxed);
  const HttpResponse response =
      server_->handler.refuse(503, "the server has as many connections as it may");
  ResponseFraming framing;
  framing.content_length = response.body.size();
  framing.keep_alive = false;
  framing.date = date_.at(std::time(nullptr));
  std::string head;
  append_response_head(head, response.status, response.headers, framing);
  ClientSocket client(std::move(socket), milliseconds(0));
  Gather bytes(head, response.body);
  if (client.try_write(bytes)) {
    client.shutdown_send();
  }
  client.close();
}

void Shard::drain() {
  if (draining_ || stopped_) {
    return;
  }
  draining_ = true;
  begin_no_more(acceptor_);
  spawn(context_, close_acceptor(shared_from_this()));
  for (ServerConnection* connection : connections_) {
    connection->drain();
  }
}

/// Once nobody is on the way: the close resets whatever the kernel has connected and we have not.
base::Task<void> Shard::close_acceptor(std::shared_ptr<Shard> self) {
  co_await self->pause(kHandshakeTime);
  if (!self->stopped_) {
    self->admit_waiting();
    error_code ignored;
    self->acceptor_.close(ignored);
    ++self->server_->drained_shards;
  }
}

void Shard::admit_waiting() {
  error_code error;
  while (!error) {
    TcpSocket socket(context_.get_executor());
    acceptor_.accept(socket, error);
    if (!error) {
      admit(std::move(socket));
    }
  }
}

void Shard::cut() {
  for (ServerConnection* connection : connections_) {
    connection->cut();
  }
}

void Shard::stop() {
  stopped_ = draining_ = true;
  error_code ignored;
  acceptor_.close(ignored);
  tick_.cancel();
  for (ServerConnection* connection : connections_) {
    connection->cut();
    connection->close();
  }
}

Shard::Place Shard::add(ServerConnection& connection) {
  server_->connections.fetch_add(1, std::memory_order_relaxed);
  return connections_.insert(connections_.end(), &connection);
}

void Shard::remove(Place place) {
  server_->connections.fetch_sub(1, std::memory_order_relaxed);
  connections_.erase(place);
}

}  // namespace wend::net
