// SPDX-License-Identifier: Apache-2.0
#include "wend/net/http_server.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "wend/net/raw_client.h"
#include "wend/net/wait.h"

namespace wend::net {
namespace {

using namespace std::chrono_literals;
using Handle = std::function<base::Task<void>(HttpExchange&)>;

/// Waits up to ten seconds for what another thread does.
bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (!condition() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(1ms);
  }
  return condition();
}

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
base::Task<void> echo(HttpExchange& exchange) {
  HttpResponse response;
  response.headers.add("Content-Type", "text/plain");
  response.body = fmt::format("{} {} [{}]",
                              exchange.request().head.method,
                              exchange.request().head.target,
                              exchange.request().body);
  co_await exchange.respond(std::move(response));
}

struct World {
  explicit World(Handle handle = echo, const HttpServerLimits& limits = {}, std::size_t count = 1)
      : handler(std::move(handle)), threads(count) {
    threads.start();
    server = HttpServer::listen(threads, {"127.0.0.1", 0}, limits, handler).value();
  }

  ~World() { threads.stop(); }

  std::string address() const { return server->address(); }

  FunctionHandler handler;
  IoThreads threads;
  std::unique_ptr<HttpServer> server;
};

std::string get(std::string_view target, std::string_view headers = "") {
  return fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n{}\r\n", target, headers);
}

std::string post(std::string_view body, std::string_view headers = "") {
  return fmt::format(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n{}\r\n{}", body.size(), headers, body);
}

std::string body_of(std::string_view answer) {
  const std::size_t head_end = answer.find("\r\n\r\n");
  return head_end == answer.npos ? "" : std::string(answer.substr(head_end + 4));
}

TEST(HttpServer, AnswersRequestAfterRequestOnOneConnection) {
  World world;
  RawClient client(world.address());
  for (const char* target : {"/1", "/2?x", "/3"}) {
    client.send(get(target));
    const std::string answer = client.receive_answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: "));
    EXPECT_EQ(answer.find("Connection"), answer.npos);
    EXPECT_EQ(body_of(answer), fmt::format("GET {} []", target));
  }
  EXPECT_EQ(world.server->counts().accepted, 1);
}

TEST(HttpServer, StreamsEachWriteAsItsOwnChunk) {
  World world([](HttpExchange& exchange) -> base::Task<void> {
    ResponseHead head;
    head.headers.add("Content-Type", "text/event-stream");
    co_await exchange.begin(std::move(head));
    co_await exchange.write("hello");
    co_await exchange.write("");
    co_await exchange.write(std::string(17, 'x'));
    co_await exchange.end();
  });
  RawClient client(world.address());
  for (int i = 0; i < 2; ++i) {
    client.send(get("/"));
    const std::string answer = client.receive_until("0\r\n\r\n");
    EXPECT_NE(answer.find("\r\nTransfer-Encoding: chunked\r\n"), answer.npos);
    EXPECT_EQ(body_of(answer), "5\r\nhello\r\n11\r\nxxxxxxxxxxxxxxxxx\r\n0\r\n\r\n");
  }
}

TEST(HttpServer, AnswersWhatIsRefusedThenCloses) {
  World world;
  RawClient client(world.address());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2\r\n\r\nok");
  const std::string answer = client.receive_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 Bad Request\r\nX-Refused: yes\r\n")) << answer;
  EXPECT_NE(answer.find("\r\nConnection: close\r\n"), answer.npos);
  EXPECT_EQ(world.server->counts().refused_requests, 1);
}

TEST(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
  World world;
  RawClient client(world.address());
  client.send(get("/1") + post("two") + get("/3"));
  EXPECT_EQ(body_of(client.receive_answer()), "GET /1 []");
  EXPECT_EQ(body_of(client.receive_answer()), "POST / [two]");
  EXPECT_EQ(body_of(client.receive_answer()), "GET /3 []");
}

/// Waits until nobody wants the answer, and counts that.
struct Waiting {
  std::atomic<int> begun = 0;
  std::atomic<int> cancelled = 0;

  Handle handle() {
    return [this](HttpExchange& exchange) -> base::Task<void> {
      ++begun;
      const auto status = co_await sleep_until(Instant::clock::now() + 1h, exchange.cancel());
      if (!status) {
        ++cancelled;
      }
    };
  }
};

TEST(HttpServer, CancelsWhenTheClientLeavesBeforeAnAnswer) {
  Waiting waiting;
  World world(waiting.handle());
  RawClient client(world.address());
  client.send(get("/"));
  ASSERT_TRUE(comes_true([&] { return waiting.begun == 1; }));
  client.close();
  EXPECT_TRUE(comes_true([&] { return waiting.cancelled == 1; }));
  EXPECT_TRUE(comes_true([&] { return world.server->idle(); }));
  EXPECT_EQ(world.server->counts().clients_gone, 1);
}

}  // namespace
}  // namespace wend::net
