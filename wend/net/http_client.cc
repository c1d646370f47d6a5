// SPDX-License-Identifier: Apache-2.0
#include "wend/net/http_client.h"

#include <atomic>
#include <utility>

#include <fmt/format.h>

#include "wend/net/client_exchange.h"
#include "wend/net/connection_pool.h"
#include "wend/net/connector.h"
#include "wend/net/request_head.h"

namespace wend::net {
namespace {

using base::Code;
using boost::asio::const_buffer;

std::vector<const_buffer> pieces_of(std::string_view head, const ClientRequest& request) {
  std::vector<const_buffer> pieces;
  pieces.reserve(1 + request.body.size());
  pieces.emplace_back(head.data(), head.size());
  for (const std::string_view piece : request.body) {
    pieces.emplace_back(piece.data(), piece.size());
  }
  return pieces;
}

OriginKey key_of(const Origin& origin) {
  return {origin.url.host, origin.url.port, origin.url.tls, origin.allow_private};
}

class PoolingClient : public HttpClient {
 public:
  PoolingClient(boost::asio::io_context& context, HttpClientOptions options)
      : pool_(std::make_shared<ConnectionPool>(
            context, ConnectionPool::Limits{options.idle_per_origin, options.idle_timeout})),
        connector_(context,
                   options.lookup ? std::move(options.lookup) : system_lookup,
                   options.tls ? std::move(options.tls) : TlsContext::system()) {}

  base::Task<base::Result<std::unique_ptr<ClientResponse>>> send(const Origin& origin,
                                                                 const ClientRequest& request,
                                                                 const ClientTimeouts& timeouts,
                                                                 CancelSource& cancel) override;

  HttpClientCounts counts() const override {
    return {opened_.load(std::memory_order_relaxed),
            reused_.load(std::memory_order_relaxed),
            stale_.load(std::memory_order_relaxed),
            pool_->size()};
  }

 private:
  using Connected = base::Result<std::shared_ptr<UpstreamConnection>>;

  base::Task<Connected> connect(const Origin& origin,
                                const ClientTimeouts& timeouts,
                                CancelSource& cancel);

  std::shared_ptr<ConnectionPool> pool_;  ///< Answers may outlive the client.
  Connector connector_;
  std::atomic<std::uint64_t> opened_ = 0;
  std::atomic<std::uint64_t> reused_ = 0;
  std::atomic<std::uint64_t> stale_ = 0;
};

base::Task<base::Result<std::unique_ptr<ClientResponse>>> PoolingClient::send(
    const Origin& origin,
    const ClientRequest& request,
    const ClientTimeouts& timeouts,
    CancelSource& cancel) {
  if (cancel.cancelled()) {
    co_return tl::unexpected(cancel.error());
  }
  const std::string head = CO_TRY(render_request_head(origin.url, request));
  const OriginKey key = key_of(origin);
  std::shared_ptr<UpstreamConnection> connection = pool_->take(key);
  bool fresh = connection == nullptr;
  if (!fresh) {
    reused_.fetch_add(1, std::memory_order_relaxed);
  }
  while (true) {
    if (fresh) {
      CO_TRY_ASSIGN(connection, co_await connect(origin, timeouts, cancel));
    }
    ClientExchange::Terms terms{key, timeouts, request.method == "HEAD", pool_};
    auto exchange =
        std::make_unique<ClientExchange>(std::move(connection), std::move(terms), cancel);
    const base::Status status = co_await exchange->run(pieces_of(head, request));
    if (status) {
      co_return std::unique_ptr<ClientResponse>(std::move(exchange));
    }
    // On a kept connection, bytes that are no answer are the rest of an earlier one.
    const bool is_left_over = exchange->is_malformed();
    if (fresh || !(exchange->is_unanswered() || is_left_over)) {
      co_return tl::unexpected(status.error());
    }
    fresh = true;
    stale_.fetch_add(1, std::memory_order_relaxed);
  }
}

base::Task<PoolingClient::Connected> PoolingClient::connect(const Origin& origin,
                                                            const ClientTimeouts& timeouts,
                                                            CancelSource& cancel) {
  const Instant until = Instant::clock::now() + timeouts.connect;
  Connected connection =
      co_await connector_.connect(origin.url, origin.allow_private, until, cancel);
  if (connection) {
    opened_.fetch_add(1, std::memory_order_relaxed);
    co_return connection;
  }
  if (cancel.cancelled()) {
    co_return connection;
  }
  const std::string peer = key_of(origin).peer();
  const bool late = connection.error().code == Code::kDeadlineExceeded;
  co_return base::pass_on(
      std::move(connection),
      late ? fmt::format("{}: connect timeout of {} ms", peer, timeouts.connect.count())
           : fmt::format("{}: no connection", peer));
}

}  // namespace

std::unique_ptr<HttpClient> HttpClient::make(boost::asio::io_context& context,
                                             HttpClientOptions options) {
  return std::make_unique<PoolingClient>(context, std::move(options));
}

}  // namespace wend::net
