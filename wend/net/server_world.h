// SPDX-License-Identifier: Apache-2.0
// For tests: a server on a free port of the loopback whose handler is a function.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "wend/net/http_server.h"
#include "wend/net/io_threads.h"
#include "wend/net/wait.h"

namespace wend::net {

/// Waits up to ten seconds for what another thread does.
inline bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return condition();
}

using Handle = std::function<base::Task<void>(HttpExchange&)>;

class FunctionHandler final : public HttpHandler {
 public:
  explicit FunctionHandler(Handle handle) : handle_(std::move(handle)) {}

  base::Task<void> handle(HttpExchange& exchange) override { return handle_(exchange); }

  HttpResponse refuse(int status, std::string_view message) override {
    return {status, {{"X-Refused", "yes"}}, std::string(message)};
  }

 private:
  Handle handle_;
};

/// Says what it was asked.
inline base::Task<void> echo(HttpExchange& exchange) {
  HttpResponse response;
  response.headers.add("Content-Type", "text/plain");
  response.body = fmt::format("{} {} [{}]",
                              exchange.request().head.method,
                              exchange.request().head.target,
                              exchange.request().body);
  co_await exchange.respond(std::move(response));
}

/// No coroutine: g++ 12 destroys a braced argument of a co_await twice.
inline base::Task<base::Status> begin_plain(HttpExchange& exchange) {
  return exchange.begin(ResponseHead());
}

/// Waits until nobody wants the answer, and counts that.
struct Waiting {
  std::atomic<int> begun = 0;
  std::atomic<int> cancelled = 0;

  Handle handle() {
    return [this](HttpExchange& exchange) -> base::Task<void> {
      ++begun;
      const auto until = Instant::clock::now() + std::chrono::hours(1);
      const base::Status status = co_await sleep_until(until, exchange.cancel());
      if (!status) {
        ++cancelled;
      }
    };
  }
};

struct ServerWorld {
  explicit ServerWorld(Handle handle = echo,
                       const HttpServerLimits& limits = {},
                       std::size_t thread_count = 1)
      : handler(std::move(handle)), threads(thread_count) {
    threads.start();
    server = HttpServer::listen(threads, {"127.0.0.1", 0}, limits, handler).value();
  }

  ~ServerWorld() { threads.stop(); }

  ServerWorld(const ServerWorld&) = delete;
  ServerWorld& operator=(const ServerWorld&) = delete;

  std::string address() const { return server->address(); }

  FunctionHandler handler;
  IoThreads threads;
  std::unique_ptr<HttpServer> server;

  bool idle() const { return server->counts().connections == 0; }
};

inline std::string get_request(std::string_view target, std::string_view headers = "") {
  return fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n{}\r\n", target, headers);
}

inline std::string post_request(std::string_view body, std::string_view headers = "") {
  return fmt::format(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n{}\r\n{}", body.size(), headers, body);
}

inline std::string body_of(std::string_view answer) {
  const std::size_t head_end = answer.find("\r\n\r\n");
  return head_end == answer.npos ? "" : std::string(answer.substr(head_end + 4));
}

}  // namespace wend::net
