// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wend/net/connection_pool.h"
#include "wend/net/http_client.h"
#include "wend/net/request_writer.h"
#include "wend/net/response_parser.h"
#include "wend/net/upstream_connection.h"

namespace wend::net {

/// One request and its answer on a connection.
class ClientExchange : public ClientResponse {
 public:
  struct Terms {
    OriginKey origin;
    ClientTimeouts timeouts;
    bool head_request = false;
    /// Gets the connection back when it may carry another request.
    std::shared_ptr<ConnectionPool> pool;
  };

  ClientExchange(std::shared_ptr<UpstreamConnection> connection, Terms terms, CancelSource& cancel);
  /// Before the end of the answer it closes the connection.
  ~ClientExchange() override;

  /// Sends the request and reads the head of the answer. The bytes are borrowed until it returns.
  base::Task<base::Status> run(std::vector<boost::asio::const_buffer> request);

  /// Whether the peer has gone without a byte of an answer: what a pooled connection may do that
  /// was closed while it was idle.
  bool is_unanswered() const { return unanswered_; }

  /// Whether what came was no HTTP.
  bool is_malformed() const { return malformed_; }

  const ResponseHead& head() const override { return parser_.head(); }

  ResponseHead take_head() override { return parser_.take_head(); }

  base::Task<base::Result<std::string_view>> read_some() override;

 private:
  base::Task<base::Status> read_head();
  base::Task<base::Status> read_body();
  base::Error failed(const boost::system::error_code& error);
  base::Error fault() const;
  base::Error timed_out() const;
  void settle();

  std::shared_ptr<UpstreamConnection> connection_;
  Terms terms_;
  CancelSource& cancel_;
  std::optional<CancelSource::Guard> guard_;
  ResponseParser parser_;
  std::string_view pending_;  ///< Of the body: has come and has not been given.
  bool request_sent_ = false;
  bool answered_ = false;  ///< A byte has come.
  bool unanswered_ = false;
  bool malformed_ = false;
  std::optional<base::Error> failure_;
};

}  // namespace wend::net
