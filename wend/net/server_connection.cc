// SPDX-License-Identifier: Apache-2.0
#include "wend/net/server_connection.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "wend/net/response_head.h"

namespace wend::net {
namespace {

using std::chrono::milliseconds;
using Phase = RequestParser::Phase;
using Read = ClientSocket::Read;

/// What a refused client may still send, so that it gets to read why; beyond the largest body.
constexpr std::size_t kLingerBytes = 1 << 20;
constexpr milliseconds kLingerTime{2'000};
/// What a connection without a request has for one that is on its way when the server drains.
constexpr milliseconds kDrainGrace{1'000};

HeadLimits head_limits(const HttpServerLimits& limits) {
  return {limits.request_line_bytes, limits.head_bytes, limits.header_count};
}

}  // namespace

ServerConnection::ServerConnection(TcpSocket socket, std::shared_ptr<Shard> shard)
    : shard_(std::move(shard)),
      place_(shard_->add(*this)),
      socket_(std::move(socket), shard_->server().limits.write_timeout),
      event_(shard_->context()),
      parser_(head_limits(shard_->server().limits),
              shard_->server().limits.body_bytes,
              &shard_->server().bodies) {}

ServerConnection::~ServerConnection() {
  shard_->remove(place_);
}

base::Task<void> ServerConnection::serve(std::shared_ptr<ServerConnection> self) {
  bool open = true;
  while (open) {
    open = co_await self->read_request();
    if (open) {
      open = co_await self->answer();
    }
  }
  self->close();
}

/// Whether there is one to answer.
base::Task<bool> ServerConnection::read_request() {
  begin_request();
  while (!parser_.finished()) {
    const bool between = parser_.phase() == Phase::kBefore;
    if (timed_out_ && !between) {
      co_await refuse(408, "the request did not come in time");
      co_return false;
    }
    const bool leaving = between && timed_out_;
    if (!leaving) {
      co_await wait_for_bytes();
    }
    const bool more = read_more();
    if (!more && (leaving || ended_ || socket_.broken())) {
      co_return false;
    }
  }
  if (parser_.phase() == Phase::kRefused) {
    co_await refuse(parser_.refusal().status, parser_.refusal().message);
    co_return false;
  }
  co_return true;
}

void ServerConnection::begin_request() {
  parser_.start();
  continued_ = false;
  timed_phase_ = Phase::kBefore;
  set_deadline(shard_->draining() ? kDrainGrace : shard_->server().limits.idle_timeout);
  take(std::exchange(input_, std::string()));
}

base::Task<void> ServerConnection::wait_for_bytes() {
  const bool asked = parser_.phase() == Phase::kBody && parser_.framing().expects_continue;
  if (asked && !std::exchange(continued_, true)) {
    co_await socket_.write(Gather(kContinueAnswer));
  }
  if (!ended_) {
    watch();
    co_await event_.wait();
  }
}

/// Whether anything came.
bool ServerConnection::read_more() {
  const std::span<char> scratch = shard_->scratch();
  const Read read = socket_.read_some(scratch);
  ended_ = ended_ || read.kind == Read::Kind::kEnd;
  if (read.kind != Read::Kind::kBytes) {
    return false;
  }
  take(std::string_view(scratch.data(), read.bytes));
  return true;
}

/// Gives bytes to the parser and keeps what is left after the request.
void ServerConnection::take(std::string_view bytes) {
  const std::size_t taken = parser_.feed(bytes);
  input_.assign(bytes.substr(taken));
  const Phase phase = parser_.phase();
  if (phase == std::exchange(timed_phase_, phase)) {
    return;
  }
  if (phase == Phase::kHead) {
    set_deadline(shard_->server().limits.head_timeout);
  } else if (phase == Phase::kBody) {
    body_start_ = Instant::clock::now();
    timed_out_ = false;
  }
}

/// Has the request answered. Whether another may follow.
base::Task<bool> ServerConnection::answer() {
  deadline_ = Instant::max();
  timed_phase_ = Phase::kDone;
  keep_alive_ = parser_.framing().keep_alive && !shard_->draining() && !(ended_ && input_.empty());
  const ServerExchange::Place place{shard_->context(), socket_, shard_->date(), keep_alive_};
  ServerExchange exchange(place, parser_.request());
  exchange_ = &exchange;
  if (parser_.request().head.minor_version == 0) {
    read_ahead(true);
  }
  watch();
  co_await shard_->server().handler.handle(exchange);
  exchange_ = nullptr;
  if (!exchange.begun() && !socket_.broken()) {
    HttpResponse response =
        shard_->server().handler.refuse(500, "the request was left without an answer");
    co_await exchange.respond(std::move(response));
  }
  exchange.abort();
  if (!keep_alive_ && !socket_.broken() && !input_.empty()) {
    co_await linger();
  }
  co_return keep_alive_ && !socket_.broken();
}

base::Task<void> ServerConnection::refuse(int status, std::string_view message) {
  deadline_ = Instant::max();
  timed_phase_ = Phase::kRefused;
  shard_->server().refused_requests.fetch_add(1, std::memory_order_relaxed);
  const HttpResponse response = shard_->server().handler.refuse(status, message);
  ResponseFraming framing;
  framing.content_length = response.body.size();
  framing.keep_alive = false;
  framing.date = shard_->date().at(std::time(nullptr));
  std::string head;
  append_response_head(head, response.status, response.headers, framing);
  co_await socket_.write(Gather(head, response.body));
  co_await linger();
}

/// Takes in what the client still sends: a connection closed with bytes unread is reset, and a
/// reset takes the answer away from the client.
base::Task<void> ServerConnection::linger() {
  socket_.shutdown_send();
  set_deadline(kLingerTime);
  std::size_t budget = shard_->server().limits.body_bytes + kLingerBytes;
  while (!ended_ && !timed_out_ && !socket_.broken()) {
    watch();
    co_await event_.wait();
    const Read read = socket_.read_some(shard_->scratch());
    ended_ = read.kind == Read::Kind::kEnd || read.bytes > budget;
    budget -= std::min(budget, read.bytes);
  }
}

void ServerConnection::set_deadline(milliseconds from_now) {
  deadline_ = Instant::clock::now() + from_now;
  timed_out_ = false;
}

void ServerConnection::drain() {
  if (exchange_ != nullptr) {
    keep_alive_ = false;
  } else if (timed_phase_ == Phase::kBefore) {
    set_deadline(kDrainGrace);
  }
}

void ServerConnection::cut() {
  if (exchange_ != nullptr) {
    exchange_->cancel().cancel({base::Code::kUnavailable, "the server is stopping", {}});
  } else {
    close();
  }
}

void ServerConnection::close() {
  socket_.close();
  event_.wake();
}

}  // namespace wend::net
