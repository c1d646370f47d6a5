// SPDX-License-Identifier: Apache-2.0
// Clients that leave, half leave, or take their time.
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "wend/net/http_server.h"
#include "wend/net/raw_client.h"
#include "wend/net/server_world.h"

namespace wend::net {
namespace {

using namespace std::chrono_literals;

constexpr const char* kOldRequest = "GET / HTTP/1.0\r\n\r\n";

/// Answers when the test says so.
struct Gate {
  std::atomic<int> begun = 0;
  std::atomic<bool> open = false;
  std::atomic<bool> cancelled = false;

  base::Task<void> pass(HttpExchange& exchange) {
    ++begun;
    while (!open && !exchange.cancel().cancelled()) {
      co_await sleep_until(Instant::clock::now() + 1ms, exchange.cancel());
    }
    cancelled = exchange.cancel().cancelled();
  }

  Handle then_respond() {
    return [this](HttpExchange& exchange) -> base::Task<void> {
      co_await pass(exchange);
      co_await echo(exchange);
    };
  }

  Handle begun_stream() {
    return [this](HttpExchange& exchange) -> base::Task<void> {
      co_await begin_plain(exchange);
      co_await exchange.write("first");
      co_await pass(exchange);
      co_await exchange.end();
    };
  }
};

/// Writes without end; counts what the kernel has taken.
Handle flood(std::atomic<std::size_t>& written) {
  return [&written](HttpExchange& exchange) -> base::Task<void> {
    const std::string piece(16 << 10, 'x');
    co_await begin_plain(exchange);
    base::Status status;
    while (status) {
      status = co_await exchange.write(piece);
      written += status ? piece.size() : 0;
    }
  };
}

/// Whether a count stands still at last, and where.
bool settles(const std::atomic<std::size_t>& count) {
  std::size_t before = 0;
  return comes_true([&] {
    std::this_thread::sleep_for(100ms);
    return count > 0 && std::exchange(before, count.load()) == count;
  });
}

TEST(HttpServerClients, WhoLeaveBeforeAnAnswerCancelIt) {
  for (const std::string& request : {get_request("/"), std::string(kOldRequest)}) {
    for (const bool by_reset : {false, true}) {
      Waiting waiting;
      ServerWorld world(waiting.handle());
      RawClient client(world.address());
      client.send(request);
      ASSERT_TRUE(comes_true([&] { return waiting.begun == 1; }));
      by_reset ? client.reset() : client.close();
      EXPECT_TRUE(comes_true([&] { return waiting.cancelled == 1; }));
      EXPECT_TRUE(comes_true([&] { return world.idle(); }));
      EXPECT_EQ(world.server->counts().clients_gone, 1);
    }
  }
}

TEST(HttpServerClients, WhoLeaveDuringAStreamCancelIt) {
  for (const bool by_reset : {false, true}) {
    Gate gate;
    ServerWorld world(gate.begun_stream());
    RawClient client(world.address());
    client.send(get_request("/"));
    EXPECT_NE(client.receive_until("first\r\n"), "");
    by_reset ? client.reset() : client.close();
    EXPECT_TRUE(comes_true([&] { return gate.cancelled.load(); }));
    EXPECT_TRUE(comes_true([&] { return world.idle(); }));
    EXPECT_EQ(world.server->counts().clients_gone, 1);
  }
}

TEST(HttpServerClients, WhoLeaveWithoutAWholeRequestAreNotAnswered) {
  std::atomic<int> handled = 0;
  ServerWorld world([&](HttpExchange&) -> base::Task<void> {
    ++handled;
    co_return;
  });
  for (const char* part :
       {"",
        "GET",
        "GET / HTTP/1.1\r\nHost: a\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n"}) {
    RawClient client(world.address());
    client.send(part);
    client.half_close();
    EXPECT_TRUE(client.closed()) << part;
  }
  EXPECT_EQ(handled, 0);
}

TEST(HttpServerClients, WhoHaveSaidAllTheyHadToSayAreAnswered) {
  Gate gate;
  ServerWorld world(gate.then_respond());
  RawClient client(world.address());
  client.send(get_request("/"));
  ASSERT_TRUE(comes_true([&] { return gate.begun == 1; }));
  client.half_close();
  // The interim answer by which the server learns who is still there.
  EXPECT_EQ(client.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  gate.open = true;
  const std::string answer = client.receive_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(answer.find("\r\nConnection: close\r\n"), answer.npos);
  EXPECT_EQ(body_of(answer), "GET / []");
  EXPECT_FALSE(gate.cancelled);
}

TEST(HttpServerClients, WhoSentTheirEndWithTheRequestAreAnswered) {
  for (int i = 0; i < 20; ++i) {
    ServerWorld world;
    RawClient client(world.address());
    client.send(get_request("/1") + get_request("/2"));
    client.half_close();
    const std::string answers = client.receive_all();
    EXPECT_NE(answers.find("GET /1 []"), answers.npos) << answers;
    EXPECT_NE(answers.find("GET /2 []"), answers.npos) << answers;
  }
}

TEST(HttpServerClients, WhoLeaveAfterHalfClosingCancel) {
  Gate gate;
  ServerWorld world(gate.then_respond());
  RawClient client(world.address());
  client.send(get_request("/"));
  ASSERT_TRUE(comes_true([&] { return gate.begun == 1; }));
  client.half_close();
  EXPECT_EQ(client.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.reset();
  EXPECT_TRUE(comes_true([&] { return gate.cancelled.load(); }));
}

TEST(HttpServerClients, WhoPipelineAndLeaveCancelToo) {
  Waiting waiting;
  ServerWorld world(waiting.handle());
  RawClient client(world.address());
  client.send(get_request("/1") + get_request("/2") + get_request("/3"));
  ASSERT_TRUE(comes_true([&] { return waiting.begun == 1; }));
  client.close();
  EXPECT_TRUE(comes_true([&] { return waiting.cancelled == 1; }));
  EXPECT_TRUE(comes_true([&] { return world.idle(); }));
  EXPECT_EQ(waiting.begun, 1);
}

TEST(HttpServerClients, WhoReadSlowlyHoldTheWriterBack) {
  std::atomic<std::size_t> written = 0;
  ServerWorld world(flood(written));
  RawClient client(world.address(), 4096);
  client.send(get_request("/"));
  ASSERT_TRUE(settles(written));
  const std::size_t held = written;
  // What the two kernels hold, and not a byte of our own.
  EXPECT_LT(held, std::size_t{16} << 20);
  std::size_t taken = 0;
  while (taken < held + (1 << 20)) {
    const std::string some = client.receive();
    ASSERT_NE(some, "");
    taken += some.size();
  }
  EXPECT_TRUE(comes_true([&] { return written > held; }));
}

TEST(HttpServerClients, WhoTakeNothingAreCut) {
  std::atomic<std::size_t> written = 0;
  HttpServerLimits limits;
  limits.write_timeout = 100ms;
  ServerWorld world(flood(written), limits);
  RawClient client(world.address(), 4096);
  client.send(get_request("/"));
  EXPECT_TRUE(comes_true([&] { return world.server->counts().slow_readers_cut == 1; }));
  EXPECT_TRUE(comes_true([&] { return world.idle(); }));
  EXPECT_EQ(world.server->counts().clients_gone, 0);
}

TEST(HttpServerClients, WhoSendTheirHeadTooSlowlyAreRefused) {
  HttpServerLimits limits;
  limits.head_timeout = 100ms;
  ServerWorld world(echo, limits);
  RawClient client(world.address());
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
  // A byte now and then buys no time.
  std::string answer;
  for (int i = 0; i < 1000 && answer.empty(); ++i) {
    client.send("y");
    answer = client.receive(10ms);
  }
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 ")) << answer;
  EXPECT_TRUE(client.closed());
}

TEST(HttpServerClients, WhoSendTheirBodyTooSlowlyAreRefused) {
  HttpServerLimits limits;
  limits.body_grace = 100ms;
  limits.body_bytes_per_second = 1 << 20;
  ServerWorld world(echo, limits);
  RawClient client(world.address());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  std::string answer;
  for (int i = 0; i < 1000 && answer.empty(); ++i) {
    client.send("y");
    answer = client.receive(10ms);
  }
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 ")) << answer;
}

TEST(HttpServerClients, ShareTheRoomForTheirBodies) {
  HttpServerLimits limits;
  limits.all_body_bytes = 1000;
  Waiting waiting;
  ServerWorld world(waiting.handle(), limits);
  RawClient second(world.address());
  {
    RawClient first(world.address());
    first.send(post_request(std::string(700, 'x')));
    ASSERT_TRUE(comes_true([&] { return waiting.begun == 1; }));
    EXPECT_EQ(world.server->counts().body_bytes, 700);
    second.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 700\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_TRUE(second.receive_all().starts_with("HTTP/1.1 503 "));
    EXPECT_EQ(world.server->counts().bodies_refused, 1);
  }
  EXPECT_TRUE(comes_true([&] { return world.server->counts().body_bytes == 0; }));
  RawClient third(world.address());
  third.send(post_request(std::string(700, 'x')));
  EXPECT_TRUE(comes_true([&] { return waiting.begun == 2; }));
}

TEST(HttpServerClients, WhoSayNothingAreClosedWithoutAWord) {
  HttpServerLimits limits;
  limits.idle_timeout = 50ms;
  ServerWorld world(echo, limits);
  RawClient client(world.address());
  EXPECT_TRUE(client.closed());
  RawClient again(world.address());
  again.send(get_request("/"));
  EXPECT_EQ(body_of(again.receive_answer()), "GET / []");
  EXPECT_TRUE(again.closed());
  EXPECT_EQ(world.server->counts().refused_requests, 0);
}

TEST(HttpServerClients, AreTurnedAwayWhenThereAreTooMany) {
  HttpServerLimits limits;
  limits.connections = 2;
  ServerWorld world(echo, limits);
  RawClient first(world.address());
  auto second = std::make_unique<RawClient>(world.address());
  for (RawClient* client : {&first, second.get()}) {
    client->send(get_request("/"));
    EXPECT_EQ(body_of(client->receive_answer()), "GET / []");
  }
  RawClient third(world.address());
  EXPECT_TRUE(third.receive_all().starts_with("HTTP/1.1 503 "));
  second->close();
  EXPECT_TRUE(comes_true([&] { return world.server->counts().connections == 1; }));
  RawClient fourth(world.address());
  fourth.send(get_request("/"));
  EXPECT_EQ(body_of(fourth.receive_answer()), "GET / []");
}

TEST(HttpServerClients, WhoComeWhenNoFilesAreLeftAreServedLater) {
  ServerWorld world;
  const int next_file = ::dup(0);
  ::close(next_file);
  rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  // One more file, the client's own end; none for the server's.
  const rlimit tight = {static_cast<rlim_t>(next_file) + 1, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  RawClient client(world.address());
  client.send(get_request("/"));
  EXPECT_EQ(client.receive(200ms), "");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(body_of(client.receive_answer()), "GET / []");
}

TEST(HttpServerClients, WhoLeaveByTheThousandLeaveNothingBehind) {
  Waiting waiting;
  ServerWorld world(waiting.handle(), {}, 2);
  constexpr int kClients = 1000;
  for (int i = 0; i < kClients; ++i) {
    RawClient client(world.address());
    client.send(get_request("/"));
    if (i % 3 == 0) {
      client.reset();
    } else if (i % 3 == 1) {
      EXPECT_TRUE(comes_true([&] { return waiting.begun > 0; }));
    }
  }
  EXPECT_TRUE(comes_true([&] { return world.idle(); }));
  EXPECT_EQ(waiting.begun, waiting.cancelled);
}

}  // namespace
}  // namespace wend::net
