// SPDX-License-Identifier: Apache-2.0
#include "wend/net/upstream_connection.h"

#include <cerrno>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>

namespace wend::net {
namespace {

using boost::system::error_code;
using UseAwaitable = boost::asio::use_awaitable_t<base::IoExecutor>;

constexpr std::size_t kRecordBytes = 16 << 10;

}  // namespace

UpstreamConnection::UpstreamConnection(Socket socket)
    : socket_(std::move(socket)),
      buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes)),
      watchdog_(socket_.get_executor().context(), [this] { close(); }) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
}

base::Task<error_code> UpstreamConnection::handshake(std::unique_ptr<TlsStream> tls) {
  tls_ = std::move(tls);
  error_code error;
  co_await tls_->async_handshake(TlsStream::client,
                                 boost::asio::redirect_error(UseAwaitable{}, error));
  co_return error;
}

base::Task<tl::expected<std::span<char>, error_code>> UpstreamConnection::read() {
  const boost::asio::mutable_buffer buffer(buffer_.get(), kBufferBytes);
  error_code error;
  std::size_t size = 0;
  if (tls_) {
    size =
        co_await tls_->async_read_some(buffer, boost::asio::redirect_error(UseAwaitable{}, error));
  } else {
    size = co_await socket_.async_read_some(buffer,
                                            boost::asio::redirect_error(UseAwaitable{}, error));
  }
  if (error) {
    co_return tl::unexpected(error);
  }
  co_return std::span<char>(buffer_.get(), size);
}

std::size_t UpstreamConnection::write_now(Buffers buffers, error_code& error) {
  if (tls_) {
    error = boost::asio::error::would_block;
    return 0;
  }
  return socket_.write_some(buffers, error);
}

void UpstreamConnection::write_later(Buffers buffers, Written written) {
  if (!tls_) {
    socket_.async_write_some(buffers, std::move(written));
    return;
  }
  // A TLS write may look at its bytes again after it has been abandoned, and small pieces would
  // make small records: so it gets a copy, of a record at the most.
  if (!record_) {
    record_ = std::make_unique_for_overwrite<char[]>(kRecordBytes);
  }
  const boost::asio::mutable_buffer record(record_.get(), kRecordBytes);
  const std::size_t size = boost::asio::buffer_copy(record, buffers);
  tls_->async_write_some(boost::asio::const_buffer(record_.get(), size), std::move(written));
}

void UpstreamConnection::abandon_write() {
  error_code ignored;
  socket_.cancel(ignored);
}

void UpstreamConnection::close() {
  error_code ignored;
  if (tls_) {
    // Without this, OpenSSL takes the missing farewell for a fault and forgets the session.
    SSL_set_shutdown(tls_->native_handle(), SSL_SENT_SHUTDOWN);
  }
  socket_.close(ignored);
}

bool UpstreamConnection::is_quiet() {
  if (!socket_.is_open()) {
    return false;
  }
  if (tls_ && (SSL_pending(tls_->native_handle()) > 0 ||
               BIO_ctrl_pending(SSL_get_rbio(tls_->native_handle())) > 0)) {
    return false;
  }
  char byte = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && errno == EAGAIN;
}

}  // namespace wend::net
