// SPDX-License-Identifier: Apache-2.0
// The half of a connection that runs beside its coroutine: the watch on the client while a handler
// runs, and the deadlines.
#include <utility>

#include "wend/net/response_head.h"
#include "wend/net/server_connection.h"

namespace wend::net {
namespace {

using std::chrono::milliseconds;
using Phase = RequestParser::Phase;
using Read = ClientSocket::Read;

/// What is read of a client's next requests while the present one is answered.
constexpr std::size_t kReadAheadBytes = 16 << 10;

}  // namespace

/// One wait for the socket at a time: for bytes, or, after their end, for a reset.
void ServerConnection::watch() {
  if (watching_ || socket_.broken()) {
    return;
  }
  watching_ = true;
  socket_.raw().async_wait(ended_ ? TcpSocket::wait_error : TcpSocket::wait_read,
                           [self = shared_from_this()](const boost::system::error_code&) {
                             self->watching_ = false;
                             self->on_ready();
                           });
}

void ServerConnection::on_ready() {
  if (exchange_ != nullptr) {
    read_ahead(false);
  } else {
    event_.wake();
  }
}

/// While a handler runs. `with_request`: before it does.
void ServerConnection::read_ahead(bool with_request) {
  while (input_.size() < kReadAheadBytes) {
    const std::span<char> room = shard_->scratch().first(kReadAheadBytes - input_.size());
    const Read read = socket_.read_some(room);
    if (read.kind == Read::Kind::kBytes) {
      input_.append(room.data(), read.bytes);
    } else if (read.kind == Read::Kind::kEnd && !std::exchange(ended_, true)) {
      on_end(with_request);
      break;
    } else {
      break;
    }
  }
  if (ended_ && socket_.was_reset()) {
    socket_.close();
  }
  if (socket_.broken()) {
    client_gone();
  } else if (input_.size() < kReadAheadBytes) {
    watch();
  } else {
    watch_for_reset();
  }
}

/// No more is read ahead, so the end of the client's bytes cannot be seen; a reset can.
void ServerConnection::watch_for_reset() {
  if (std::exchange(watching_for_reset_, true)) {
    return;
  }
  socket_.raw().async_wait(
      TcpSocket::wait_error, [self = shared_from_this()](const boost::system::error_code& ended) {
        self->watching_for_reset_ = false;
        if (!ended && self->exchange_ != nullptr && self->socket_.was_reset()) {
          self->socket_.close();
          self->client_gone();
        }
      });
}

/// The client has sent its last byte while a handler runs.
void ServerConnection::on_end(bool with_request) {
  if (input_.empty()) {
    keep_alive_ = false;
  }
  const bool old = parser_.request().head.minor_version == 0;
  if (exchange_->streaming() || (old && !with_request && !exchange_->begun())) {
    socket_.close();
  } else if (!old && !exchange_->begun()) {
    probe();
  }
}

/// Sends what only a client that is still there leaves without a reset.
void ServerConnection::probe() {
  Gather bytes(kContinueAnswer);
  if (socket_.try_write(bytes) && !bytes.empty()) {
    socket_.close();
  }
}

void ServerConnection::client_gone() {
  if (exchange_->cancel().cancelled()) {
    return;
  }
  shard_->server().clients_gone.fetch_add(1, std::memory_order_relaxed);
  exchange_->cancel().cancel({base::Code::kCancelled, "the client has gone", {}});
}

Instant ServerConnection::read_deadline() const {
  if (timed_phase_ != Phase::kBody) {
    return deadline_;
  }
  const HttpServerLimits& limits = shard_->server().limits;
  const auto earned = parser_.request().body.size() * 1000 / limits.body_bytes_per_second;
  return body_start_ + limits.body_grace + milliseconds(earned);
}

void ServerConnection::check_deadlines(Instant now) {
  if (now >= socket_.write_deadline() && !socket_.broken()) {
    shard_->server().slow_readers_cut.fetch_add(1, std::memory_order_relaxed);
    socket_.reset();
    if (exchange_ != nullptr) {
      exchange_->cancel().cancel({base::Code::kCancelled, "the client takes nothing", {}});
    }
  } else if (now >= read_deadline()) {
    timed_out_ = true;
    event_.wake();
  }
}

}  // namespace wend::net
