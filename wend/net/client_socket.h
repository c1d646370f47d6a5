// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "wend/base/result.h"
#include "wend/base/task.h"
#include "wend/net/wait.h"

namespace wend::net {

using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, base::IoExecutor>;

/// Up to three pieces of memory that go out as one, and how much of them is left.
class Gather {
 public:
  explicit Gather(std::string_view first,
                  std::string_view second = {},
                  std::string_view third = {});

  bool empty() const { return first_ == count_; }

  std::span<const boost::asio::const_buffer> buffers() const {
    return std::span(buffers_).subspan(first_, count_ - first_);
  }

  void advance(std::size_t bytes);

 private:
  std::array<boost::asio::const_buffer, 3> buffers_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

/// The server's end of one connection: tries at once, waits only if the kernel says so.
class ClientSocket {
 public:
  struct Read {
    enum class Kind { kBytes, kNothingYet, kEnd, kBroken } kind = Kind::kNothingYet;
    std::size_t bytes = 0;
  };

  ClientSocket(TcpSocket socket, std::chrono::milliseconds write_timeout);

  /// What is there, without waiting.
  Read read_some(std::span<char> into);

  /// Whether the connection has been reset. After the client's end of bytes no read tells.
  bool was_reset();

  /// Writes what the kernel takes without waiting. False once the connection is broken.
  bool try_write(Gather& bytes);
  /// Writes the rest, waiting while the client's window is full; at most the write timeout from one
  /// taken byte to the next.
  base::Task<base::Status> write(Gather bytes);

  /// When the client, being written to, must have taken something.
  Instant write_deadline() const { return write_deadline_; }

  bool broken() const { return broken_; }

  /// Says to the client that nothing more comes.
  void shutdown_send();
  /// Closes; pending waits come back. After it the connection is broken.
  void close();
  /// Closes so that the client cannot take what it has for everything, and the kernel keeps
  /// nothing.
  void reset();

  TcpSocket& raw() { return socket_; }

 private:
  TcpSocket socket_;
  std::chrono::milliseconds write_timeout_;
  Instant write_deadline_ = Instant::max();
  bool broken_ = false;
};

}  // namespace wend::net
