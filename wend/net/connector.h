// SPDX-License-Identifier: Apache-2.0
// From an origin to a connection: the name looked up, its addresses tried, TLS agreed on, all
// within one deadline.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/base/task.h"
#include "wend/net/cancel.h"
#include "wend/net/resolver.h"
#include "wend/net/tls.h"
#include "wend/net/upstream_connection.h"
#include "wend/net/uri.h"

namespace wend::net {

class Connector {
 public:
  Connector(boost::asio::io_context& context, Lookup lookup, std::shared_ptr<TlsContext> tls)
      : resolver_(context, std::move(lookup)), tls_(std::move(tls)) {}

  /// A name is checked on the very addresses that are connected to, so that it cannot change its
  /// mind in between; the errors are those of HttpClient::send.
  base::Task<base::Result<std::shared_ptr<UpstreamConnection>>> connect(const Url& url,
                                                                        bool allow_private,
                                                                        Instant until,
                                                                        CancelSource& cancel);

 private:
  base::Task<base::Result<Addresses>> addresses_of(const Url& url,
                                                   bool allow_private,
                                                   Instant until,
                                                   CancelSource& cancel);
  base::Task<base::Status> secure(const std::shared_ptr<UpstreamConnection>& connection,
                                  const Url& url,
                                  Instant until,
                                  CancelSource& cancel);

  Resolver resolver_;
  std::shared_ptr<TlsContext> tls_;
};

}  // namespace wend::net
