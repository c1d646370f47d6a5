// SPDX-License-Identifier: Apache-2.0
#include "wend/net/client_exchange.h"

#include <chrono>
#include <utility>

#include <boost/asio/error.hpp>
#include <fmt/format.h>

namespace wend::net {

using base::Code;
using base::Error;
using boost::system::error_code;
using State = ResponseParser::State;

ClientExchange::ClientExchange(std::shared_ptr<UpstreamConnection> connection,
                               Terms terms,
                               CancelSource& cancel)
    : connection_(std::move(connection)),
      terms_(std::move(terms)),
      cancel_(cancel),
      parser_(terms_.head_request) {
  guard_.emplace(cancel, [this] { connection_->close(); });
}

ClientExchange::~ClientExchange() {
  settle();
}

base::Task<base::Status> ClientExchange::run(std::vector<boost::asio::const_buffer> request) {
  const auto watch = [this] {
    connection_->watchdog().set(Instant::clock::now() + terms_.timeouts.first_byte);
  };
  const auto writer = std::make_shared<RequestWriter>(connection_, std::move(request), watch);
  watch();
  writer->start();
  base::Status status = co_await read_head();
  request_sent_ = writer->done();
  writer->abandon();
  connection_->watchdog().rest();
  co_return status;
}

base::Task<base::Status> ClientExchange::read_head() {
  while (!parser_.has_head()) {
    const auto read = co_await connection_->read();
    if (!read) {
      co_return tl::unexpected(failed(read.error()));
    }
    answered_ = true;
    pending_ = parser_.feed(*read);
    if (parser_.state() == State::kFailed && !parser_.has_head()) {
      malformed_ = true;
      co_return tl::unexpected(fault());
    }
  }
  co_return base::Status{};
}

base::Task<base::Result<std::string_view>> ClientExchange::read_some() {
  if (!failure_ && cancel_.cancelled()) {
    failure_ = cancel_.error();
  }
  if (!failure_ && pending_.empty() && parser_.state() == State::kBody) {
    connection_->watchdog().set(Instant::clock::now() + terms_.timeouts.idle);
    const base::Status status = co_await read_body();
    connection_->watchdog().rest();
    if (!status) {
      failure_ = status.error();
    }
  }
  if (failure_) {
    settle();
    co_return tl::unexpected(*failure_);
  }
  if (pending_.empty() && parser_.state() == State::kFailed) {
    failure_ = fault();
    settle();
    co_return tl::unexpected(*failure_);
  }
  if (pending_.empty()) {
    settle();
  }
  co_return std::exchange(pending_, {});
}

base::Task<base::Status> ClientExchange::read_body() {
  while (pending_.empty() && parser_.state() == State::kBody) {
    const auto read = co_await connection_->read();
    if (read) {
      pending_ = parser_.feed(*read);
    } else if (read.error() == boost::asio::error::eof) {
      parser_.finish();
    } else {
      co_return tl::unexpected(failed(read.error()));
    }
  }
  co_return base::Status{};
}

Error ClientExchange::failed(const error_code& error) {
  if (cancel_.cancelled()) {
    return cancel_.error();
  }
  if (connection_->watchdog().bitten()) {
    return timed_out();
  }
  const std::string peer = terms_.origin.peer();
  const bool closed = error == boost::asio::error::eof;
  if (!answered_) {
    unanswered_ = true;
    return {Code::kUnavailable,
            fmt::format("{}: closed the connection before it answered ({})", peer, error.message()),
            {}};
  }
  if (closed) {
    parser_.finish();
    return fault();
  }
  return {Code::kDataLoss,
          fmt::format(
              "{}: its answer broke off after {} ({})", peer, parser_.progress(), error.message()),
          {}};
}

Error ClientExchange::fault() const {
  return {parser_.error().code,
          fmt::format("{}: its answer {}", terms_.origin.peer(), parser_.error().message),
          {}};
}

Error ClientExchange::timed_out() const {
  if (!parser_.has_head()) {
    return {Code::kDeadlineExceeded,
            fmt::format("{}: no answer within the first_byte timeout of {} ms",
                        terms_.origin.peer(),
                        terms_.timeouts.first_byte.count()),
            {}};
  }
  return {Code::kDeadlineExceeded,
          fmt::format("{}: its answer stopped after {} for the idle timeout of {} ms",
                      terms_.origin.peer(),
                      parser_.progress(),
                      terms_.timeouts.idle.count()),
          {}};
}

void ClientExchange::settle() {
  if (!connection_) {
    return;
  }
  guard_.reset();
  if (parser_.reusable() && request_sent_ && !failure_ && !cancel_.cancelled()) {
    terms_.pool->put(terms_.origin, std::move(connection_));
  } else {
    connection_->close();
  }
  connection_.reset();
}

}  // namespace wend::net
