// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <tl/expected.hpp>

#include "wend/base/task.h"
#include "wend/net/wait.h"
#include "wend/net/watchdog.h"

namespace wend::net {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, base::IoExecutor>;
using TlsStream = boost::asio::ssl::stream<Socket&>;
using Buffers = std::span<const boost::asio::const_buffer>;

/// A connection to an upstream, plain or TLS, with its one read buffer and the deadline of what
/// waits on it. Shared by whoever waits on it, because a completion may come after its close().
class UpstreamConnection {
 public:
  static constexpr std::size_t kBufferBytes = 16 << 10;

  explicit UpstreamConnection(Socket socket);
  UpstreamConnection(const UpstreamConnection&) = delete;
  UpstreamConnection& operator=(const UpstreamConnection&) = delete;

  /// Of a fresh connection: its client's side of TLS. Needs a watchdog set.
  base::Task<boost::system::error_code> handshake(std::unique_ptr<TlsStream> tls);

  /// What has arrived, at least a byte, in the buffer; valid until the next read.
  base::Task<tl::expected<std::span<char>, boost::system::error_code>> read();

  /// Writes what the kernel takes now. TLS takes nothing this way: would_block.
  std::size_t write_now(Buffers buffers, boost::system::error_code& error);

  using Written = std::function<void(const boost::system::error_code&, std::size_t)>;
  /// Writes some of it, later. The bytes must stand until `written` is called, which may be after
  /// abandon_write(); their array need not.
  void write_later(Buffers buffers, Written written);
  /// The bytes of write_later() are not read any more. Nothing can be written after it.
  void abandon_write();

  /// At once, without a farewell. Whatever waits ends with operation_aborted.
  void close();

  /// Whether an idle connection may carry another request: neither closed nor written to by its
  /// peer.
  bool is_quiet();

  Socket& socket() { return socket_; }

  /// Closes the connection when its deadline passes.
  Watchdog& watchdog() { return watchdog_; }

 private:
  Socket socket_;
  std::unique_ptr<TlsStream> tls_;
  std::unique_ptr<char[]> buffer_;
  std::unique_ptr<char[]> record_;  ///< What TLS writes; of the request's bytes nothing is held.
  Watchdog watchdog_;
};

}  // namespace wend::net
