// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wend/net/http_server.h"

namespace wend::net {

/// An exchange without a socket: what is sent is kept, and the client goes when it is told to.
class FakeExchange final : public HttpExchange {
 public:
  explicit FakeExchange(boost::asio::io_context& context, HttpRequest request = {})
      : context_(context), request_(std::move(request)) {}

  const HttpRequest& request() const override { return request_; }

  std::string take_body() override { return std::exchange(request_.body, {}); }

  boost::asio::io_context& context() override { return context_; }

  CancelSource& cancel() override { return cancel_; }

  base::Task<base::Status> respond(HttpResponse response) override {
    whole = std::move(response);
    base::Status status = sent();
    co_return status;
  }

  base::Task<base::Status> begin(ResponseHead head) override {
    streamed = std::move(head);
    base::Status status = sent();
    co_return status;
  }

  /// The client leaves instead of taking piece number `goes_at` (from 0).
  base::Task<base::Status> write(std::string_view bytes) override {
    if (pieces.size() == goes_at) {
      cancel_.cancel(base::Error{base::Code::kCancelled, "the client has gone", {}});
    }
    base::Status status = sent();
    if (status) {
      pieces.emplace_back(bytes);
    }
    co_return status;
  }

  base::Task<base::Status> end() override {
    ended = true;
    base::Status status = sent();
    co_return status;
  }

  void abort() override { aborted = true; }

  bool begun() const override { return whole.has_value() || streamed.has_value(); }

  std::string text() const {
    std::string all;
    for (const std::string& piece : pieces) {
      all += piece;
    }
    return all;
  }

  std::optional<HttpResponse> whole;
  std::optional<ResponseHead> streamed;
  std::vector<std::string> pieces;
  bool ended = false;
  bool aborted = false;
  std::size_t goes_at = SIZE_MAX;

 private:
  base::Status sent() const {
    return cancel_.cancelled() ? base::Status(tl::unexpected(cancel_.error())) : base::Status();
  }

  boost::asio::io_context& context_;
  HttpRequest request_;
  CancelSource cancel_;
};

}  // namespace wend::net
