// SPDX-License-Identifier: Apache-2.0
// For tests: a client on an I/O thread of its own, and an exchange as a plain call.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "wend/net/http_client.h"
#include "wend/net/io_threads.h"
#include "wend/net/wait.h"

namespace wend::net {

/// What came of a request.
struct Outcome {
  int status = 0;  ///< 0: no head came.
  Headers headers;
  std::string body;
  std::vector<std::string> pieces;
  std::optional<base::Error> error;
};

/// Looks until it is so, for ten seconds at most. Whether it came to be.
inline bool soon_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 10'000 && !condition(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return condition();
}

class ClientFixture {
 public:
  explicit ClientFixture(HttpClientOptions options = {}) : threads_(1) {
    client_ = HttpClient::make(threads_.context(0), std::move(options));
    threads_.start();
  }

  ~ClientFixture() { threads_.stop(); }

  ClientFixture(const ClientFixture&) = delete;
  ClientFixture& operator=(const ClientFixture&) = delete;

  HttpClient& client() { return *client_; }

  boost::asio::io_context& context() { return threads_.context(0); }

  CancelSource& cancel() { return cancel_; }

  ClientTimeouts timeouts{
      std::chrono::seconds(10), std::chrono::seconds(10), std::chrono::seconds(10)};
  std::string_view method = "POST";
  Headers headers;
  /// Called on the I/O thread with each piece of a body.
  std::function<void(std::string_view)> on_piece = [](std::string_view) {};

  /// POST /v1/x with these pieces as its body, answered to its end.
  Outcome send(std::string_view url, std::vector<std::string_view> body = {}) {
    Outcome outcome;
    run_and_wait(context(), [&]() -> base::Task<void> {
      const Origin origin{*parse_url(url), allow_private};
      const ClientRequest request{method, "/v1/x", &headers, body};
      auto response = co_await client_->send(origin, request, timeouts, cancel_);
      if (!response) {
        outcome.error = response.error();
        co_return;
      }
      outcome.status = (*response)->head().status;
      outcome.headers = (*response)->head().headers;
      co_await read_all(**response, outcome);
    });
    return outcome;
  }

  Outcome send_to(std::uint16_t port, std::vector<std::string_view> body = {}) {
    return send("http://127.0.0.1:" + std::to_string(port), std::move(body));
  }

  /// On the I/O thread, after a while.
  void cancel_after(std::chrono::milliseconds delay) {
    spawn(context(), [](std::chrono::milliseconds wait, CancelSource& what) -> base::Task<void> {
      CancelSource never;
      co_await sleep_until(Instant::clock::now() + wait, never);
      what.cancel({base::Code::kCancelled, "the client has gone", {}});
    }(delay, cancel_));
  }

  bool allow_private = false;

 private:
  base::Task<void> read_all(ClientResponse& response, Outcome& outcome) {
    while (true) {
      const auto piece = co_await response.read_some();
      if (!piece) {
        outcome.error = piece.error();
        co_return;
      }
      if (piece->empty()) {
        co_return;
      }
      outcome.body += *piece;
      outcome.pieces.emplace_back(*piece);
      on_piece(*piece);
    }
  }

  CancelSource cancel_;
  IoThreads threads_;
  std::unique_ptr<HttpClient> client_;
};

}  // namespace wend::net
