// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/base/task.h"
#include "wend/net/cancel.h"
#include "wend/net/http_message.h"
#include "wend/net/io_threads.h"

namespace wend::net {

/// What a server takes from a client, and for how long it waits. All limits are of one connection
/// unless they say otherwise (spec of hardening: docs/decisions).
struct HttpServerLimits {
  std::size_t request_line_bytes = 8 << 10;
  std::size_t head_bytes = 32 << 10;  ///< The header lines, without the request line.
  std::size_t header_count = 100;
  std::size_t body_bytes = 4 << 20;
  std::size_t connections = 10000;           ///< Of the server, over all its threads.
  std::size_t all_body_bytes = 256U << 20U;  ///< Of all requests under way; then 503.
  std::chrono::milliseconds head_timeout{
      10'000};  ///< From a request's first byte to its head's last.
  std::chrono::milliseconds idle_timeout{75'000};  ///< Between requests.
  std::size_t body_bytes_per_second = 1024;        ///< Least mean rate of a body, after the grace.
  std::chrono::milliseconds body_grace{10'000};
  std::chrono::milliseconds write_timeout{
      30'000};  ///< A reader that takes nothing for so long is cut.
};

/// One request on its connection and the way to answer it. Lives on one I/O thread, as long as
/// HttpHandler::handle runs. Writes wait until the kernel has taken the bytes: that is the
/// back-pressure of a slow reader. Every write fails once the client has gone.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;

  virtual const HttpRequest& request() const = 0;
  /// May be taken out, to save a copy; request().body is empty after it.
  virtual std::string take_body() = 0;
  virtual boost::asio::io_context& context() = 0;

  /// Cancelled when the client has gone (kCancelled) or the server is cut off after a drain
  /// (kUnavailable). Whatever waits for somebody else registers here.
  virtual CancelSource& cancel() = 0;

  /// A whole answer with its Content-Length (a HEAD request gets the head alone).
  virtual base::Task<base::Status> respond(HttpResponse response) = 0;

  /// A streamed answer: chunked on HTTP/1.1, ended by closing on HTTP/1.0. The head goes out with
  /// the first bytes or on its own, never later than the call that has them.
  virtual base::Task<base::Status> begin(ResponseHead head) = 0;
  /// At once, uncoalesced; empty bytes are nothing.
  virtual base::Task<base::Status> write(std::string_view bytes) = 0;
  virtual base::Task<base::Status> end() = 0;
  /// Ends a streamed answer so that the client can tell it is not whole: the connection is closed
  /// without the last chunk.
  virtual void abort() = 0;
  /// Closes the connection at once; a write that waits for the client comes back with an error.
  virtual void cut() = 0;

  /// Whether bytes of an answer have been handed to the kernel.
  virtual bool begun() const = 0;
};

/// Answers requests; called on every I/O thread, so what it shares must be safe for that. It must
/// answer before it returns; what it leaves unanswered is a 500, what it leaves unended is aborted.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual base::Task<void> handle(HttpExchange& exchange) = 0;

  /// The body of the answer to what the server refuses on its own (bad framing, limits): `message`
  /// is one sentence.
  virtual HttpResponse refuse(int status, std::string_view message) = 0;
};

/// "127.0.0.1:8484", "[::1]:0"; port 0 is any free one.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
};

base::Result<ListenAddress> parse_listen_address(std::string_view text);

/// Whether it is an address of this machine's loopback (127.0.0.0/8, ::1, localhost).
bool is_loopback(const ListenAddress& address);

/// Counts for metrics, safe to read from any thread.
struct HttpServerCounts {
  std::size_t connections = 0;  ///< Open now.
  std::uint64_t accepted = 0;
  std::uint64_t refused_requests = 0;  ///< Answered by refuse().
  std::uint64_t slow_readers_cut = 0;
  std::uint64_t clients_gone = 0;    ///< Left while a handler ran.
  std::size_t body_bytes = 0;        ///< Of the requests under way.
  std::uint64_t bodies_refused = 0;  ///< For want of room among them.
};

/// An HTTP/1.1 server on one address: a listener on every I/O thread (SO_REUSEPORT), TCP_NODELAY,
/// keep-alive, pipelining, 100-continue.
class HttpServer {
 public:
  virtual ~HttpServer() = default;

  /// Binds on all threads; the threads may run already. `threads` must outlive the server; handlers
  /// under way are destroyed with the threads at the latest, so `handler` must outlive those.
  static base::Result<std::unique_ptr<HttpServer>> listen(IoThreads& threads,
                                                          const ListenAddress& address,
                                                          const HttpServerLimits& limits,
                                                          HttpHandler& handler);

  /// With the port that was taken: "127.0.0.1:41233".
  virtual std::string address() const = 0;

  /// From any thread. No new connections; idle ones are closed; those with a request under way are
  /// closed after their answer, which says so (Connection: close).
  virtual void drain() = 0;
  /// From any thread: cancels every exchange under way with kUnavailable, after which handlers have
  /// a moment to say so in their stream.
  virtual void cut() = 0;
  virtual HttpServerCounts counts() const = 0;

  /// Whether a drain has reached every thread and no connection is open any more. Before that what
  /// the kernel has accepted may not be counted yet.
  virtual bool drained() const = 0;
};

}  // namespace wend::net
