// SPDX-License-Identifier: Apache-2.0
#include "wend/net/connector.h"

#include <string_view>
#include <utility>

#include "wend/net/address_guard.h"
#include "wend/net/connect_race.h"

namespace wend::net {
namespace {

using base::Code;
using base::fail;

/// The addresses that may be connected to; when none is left, what the others are.
base::Result<Addresses> public_ones(const Addresses& addresses) {
  Addresses allowed;
  std::string_view kind;
  for (const auto& address : addresses) {
    const std::string_view special = private_kind(address);
    if (special.empty()) {
      allowed.push_back(address);
    } else {
      kind = special;
    }
  }
  if (allowed.empty() && !addresses.empty()) {
    return fail(Code::kPermissionDenied,
                "the name leads to {} ({}): expected a public address; if that is meant, set "
                "`allow_private: true` for this upstream, or give the address itself",
                addresses.front().to_string(),
                kind);
  }
  return allowed;
}

}  // namespace

base::Task<base::Result<std::shared_ptr<UpstreamConnection>>> Connector::connect(
    const Url& url, bool allow_private, Instant until, CancelSource& cancel) {
  CO_TRY_ASSIGN(Addresses addresses, co_await addresses_of(url, allow_private, until, cancel));
  CO_TRY_ASSIGN(Socket socket,
                co_await connect_race(std::move(addresses), url.port, until, cancel));
  const auto connection = std::make_shared<UpstreamConnection>(std::move(socket));
  if (url.tls) {
    const base::Status secured = co_await secure(connection, url, until, cancel);
    if (!secured) {
      co_return tl::unexpected(secured.error());
    }
  }
  co_return connection;
}

base::Task<base::Result<Addresses>> Connector::addresses_of(const Url& url,
                                                            bool allow_private,
                                                            Instant until,
                                                            CancelSource& cancel) {
  if (is_address(url.host)) {
    co_return Addresses{boost::asio::ip::make_address(url.host)};
  }
  CO_TRY_ASSIGN(const Addresses found, co_await resolver_.resolve(url.host, until, cancel));
  if (found.empty()) {
    co_return fail(Code::kUnavailable, "the name has no address");
  }
  if (allow_private) {
    co_return found;
  }
  co_return public_ones(found);
}

base::Task<base::Status> Connector::secure(const std::shared_ptr<UpstreamConnection>& connection,
                                           const Url& url,
                                           Instant until,
                                           CancelSource& cancel) {
  const CancelSource::Guard guard(cancel, [connection] { connection->close(); });
  connection->watchdog().set(until);
  auto tls = tls_->stream(connection->socket(), url);
  TlsStream& stream = *tls;
  const boost::system::error_code error = co_await connection->handshake(std::move(tls));
  connection->watchdog().rest();
  if (cancel.cancelled()) {
    co_return tl::unexpected(cancel.error());
  }
  if (connection->watchdog().bitten()) {
    co_return fail(Code::kDeadlineExceeded, "the TLS handshake did not end");
  }
  if (error) {
    co_return fail(Code::kUnavailable, "TLS: {}", handshake_failure(stream, error));
  }
  co_return base::Status{};
}

}  // namespace wend::net
