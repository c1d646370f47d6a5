// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "wend/base/result.h"
#include "wend/base/task.h"
#include "wend/net/cancel.h"
#include "wend/net/http_message.h"
#include "wend/net/uri.h"

namespace wend::net {

/// Where requests go and under which conditions. Calls with equal origins share connections.
struct Origin {
  Url url;
  /// Whether a *name* may resolve to a private, loopback or link-local address. A literal address
  /// is allowed by standing in the configuration.
  bool allow_private = false;
};

class HeaderLines;

/// A request to send; everything is borrowed until send() returns.
struct ClientRequest {
  std::string_view method = "POST";
  std::string_view target;           ///< Path and query, the origin's path included.
  const Headers* headers = nullptr;  ///< Host, Content-Length and Connection are the client's.
  std::span<const std::string_view> body = {};  ///< Its pieces, sent without being joined.
  const HeaderLines* lines = nullptr;           ///< More headers, the same for many requests.
};

struct ClientTimeouts {
  std::chrono::milliseconds connect{5'000};  ///< DNS, TCP and TLS together.
  std::chrono::milliseconds first_byte{
      120'000};                             ///< From the request's last byte to the answer's head.
  std::chrono::milliseconds idle{120'000};  ///< Between two pieces of the body.
};

/// The answer as it comes in. Destroying it before the end closes the connection (that is how an
/// upstream is told to stop); read to the end, the connection goes back to the pool.
class ClientResponse {
 public:
  virtual ~ClientResponse() = default;

  virtual const ResponseHead& head() const = 0;

  /// The head to keep; head() has no headers after it.
  virtual ResponseHead take_head() { return head(); }

  /// The next bytes of the decoded body as soon as there are any, valid until the next call; empty
  /// at its proper end. A body that ends too early, is framed wrongly or stalls is an error.
  virtual base::Task<base::Result<std::string_view>> read_some() = 0;
};

/// What happened below a request, for metrics; safe to read from any thread.
struct HttpClientCounts {
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_reused = 0;
  std::uint64_t stale_retries = 0;  ///< A pooled connection that the peer had closed, replaced.
  std::size_t idle = 0;
};

class TlsContext;

/// What a client is made with; the defaults are what an upstream wants.
struct HttpClientOptions {
  std::size_t idle_per_origin = 64;
  /// Below the minute after which many servers close.
  std::chrono::milliseconds idle_timeout{55'000};
  std::shared_ptr<TlsContext> tls;  ///< nullptr: the system's roots, shared by all clients.
  /// Blocks on a thread of its own until it knows a name's addresses; empty: the system's.
  std::function<base::Result<std::vector<boost::asio::ip::address>>(const std::string& name)>
      lookup;
};

/// HTTP/1.1 to upstreams, with keep-alive pools, TLS (system roots, SNI, verification) and DNS off
/// the I/O thread. One of them a thread.
class HttpClient {
 public:
  /// On its thread, or when that has stopped; before its context.
  virtual ~HttpClient() = default;

  static std::unique_ptr<HttpClient> make(boost::asio::io_context& context,
                                          HttpClientOptions options = {});

  /// Sends and waits for the head of the answer (1xx skipped). A pooled connection that turns out
  /// to be closed before the answer's first byte, or to hold the rest of an earlier
  /// answer, is replaced by a fresh one once. Redirects are not
  /// followed. Errors: kUnavailable (refused, reset, TLS, DNS), kDeadlineExceeded (a timeout),
  /// kDataLoss (an answer that is no HTTP or has a head above 32 KiB), kPermissionDenied (a name
  /// that resolves to a private address), kInvalidArgument (a header that holds a line end), and
  /// the error of `cancel` once it is cancelled; the message names host and port, never a header.
  /// `cancel` stays in use until the response is gone.
  virtual base::Task<base::Result<std::unique_ptr<ClientResponse>>> send(
      const Origin& origin,
      const ClientRequest& request,
      const ClientTimeouts& timeouts,
      CancelSource& cancel) = 0;

  virtual HttpClientCounts counts() const = 0;
};

}  // namespace wend::net
