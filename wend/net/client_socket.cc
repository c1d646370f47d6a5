// SPDX-License-Identifier: Apache-2.0
#include "wend/net/client_socket.h"

#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <poll.h>

namespace wend::net {

namespace asio = boost::asio;
using boost::system::error_code;

Gather::Gather(std::string_view first, std::string_view second, std::string_view third) {
  for (const std::string_view piece : {first, second, third}) {
    if (!piece.empty()) {
      buffers_[count_++] = asio::buffer(piece.data(), piece.size());
    }
  }
}

void Gather::advance(std::size_t bytes) {
  while (!empty() && bytes >= buffers_[first_].size()) {
    bytes -= buffers_[first_++].size();
  }
  if (!empty()) {
    buffers_[first_] += bytes;
  }
}

ClientSocket::ClientSocket(TcpSocket socket, std::chrono::milliseconds write_timeout)
    : socket_(std::move(socket)), write_timeout_(write_timeout) {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
}

ClientSocket::Read ClientSocket::read_some(std::span<char> into) {
  if (broken_) {
    return {Read::Kind::kBroken, 0};
  }
  error_code error;
  const std::size_t bytes = socket_.read_some(asio::buffer(into.data(), into.size()), error);
  if (!error) {
    return {Read::Kind::kBytes, bytes};
  }
  if (error == asio::error::would_block) {
    return {Read::Kind::kNothingYet, 0};
  }
  if (error == asio::error::eof) {
    return {Read::Kind::kEnd, 0};
  }
  close();
  return {Read::Kind::kBroken, 0};
}

bool ClientSocket::was_reset() {
  pollfd state = {socket_.native_handle(), 0, 0};
  return broken_ || (::poll(&state, 1, 0) == 1 && (state.revents & (POLLERR | POLLHUP)) != 0);
}

bool ClientSocket::try_write(Gather& bytes) {
  while (!bytes.empty() && !broken_) {
    error_code error;
    const std::size_t taken = socket_.write_some(bytes.buffers(), error);
    if (error == asio::error::would_block) {
      return true;
    }
    if (error) {
      close();
    }
    bytes.advance(taken);
  }
  return !broken_;
}

base::Task<base::Status> ClientSocket::write(Gather bytes) {
  while (try_write(bytes) && !bytes.empty()) {
    write_deadline_ = Instant::clock::now() + write_timeout_;
    error_code ignored;
    co_await socket_.async_wait(
        TcpSocket::wait_write,
        asio::redirect_error(asio::use_awaitable_t<base::IoExecutor>{}, ignored));
  }
  write_deadline_ = Instant::max();
  if (broken_) {
    co_return base::fail(base::Code::kCancelled, "the client has gone");
  }
  co_return base::Status{};
}

void ClientSocket::shutdown_send() {
  error_code ignored;
  socket_.shutdown(TcpSocket::shutdown_send, ignored);
}

void ClientSocket::close() {
  broken_ = true;
  error_code ignored;
  socket_.close(ignored);
}

void ClientSocket::reset() {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

}  // namespace wend::net
