// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "wend/net/http_server.h"
#include "wend/net/raw_client.h"
#include "wend/net/server_world.h"

namespace wend::net {
namespace {

using namespace std::chrono_literals;

/// Streams until it is told to stop, and says why it stopped.
base::Task<void> stream_until_cancelled(HttpExchange& exchange) {
  co_await begin_plain(exchange);
  co_await exchange.write("begun");
  const auto until = Instant::clock::now() + 1h;
  const base::Status stopped = co_await sleep_until(until, exchange.cancel());
  if (!stopped) {
    co_await exchange.write(base::code_name(stopped.error().code));
  }
  co_await exchange.end();
}

TEST(HttpServerDrain, ClosesWhatIsIdleAndTakesNothingNew) {
  ServerWorld world;
  RawClient client(world.address());
  client.send(get_request("/"));
  EXPECT_EQ(body_of(client.receive_answer()), "GET / []");
  world.server->drain();
  EXPECT_TRUE(client.closed());
  EXPECT_TRUE(comes_true([&] { return world.idle(); }));
  const RawClient late(world.address());
  EXPECT_FALSE(late.connected());
}

TEST(HttpServerDrain, AnswersWhatAKeptConnectionHadOnItsWay) {
  ServerWorld world;
  RawClient client(world.address());
  client.send(get_request("/"));
  EXPECT_EQ(body_of(client.receive_answer()), "GET / []");
  world.server->drain();
  std::this_thread::sleep_for(100ms);
  client.send(get_request("/late"));
  const std::string answer = client.receive_all();
  EXPECT_EQ(body_of(answer), "GET /late []");
  EXPECT_NE(answer.find("\r\nConnection: close\r\n"), answer.npos);
}

TEST(HttpServerDrain, LetsWhatIsUnderWayEnd) {
  std::atomic<bool> begun = false;
  std::atomic<bool> open = false;
  ServerWorld world([&](HttpExchange& exchange) -> base::Task<void> {
    begun = true;
    while (!open) {
      co_await sleep_until(Instant::clock::now() + 1ms, exchange.cancel());
    }
    co_await echo(exchange);
  });
  RawClient client(world.address());
  client.send(get_request("/"));
  ASSERT_TRUE(comes_true([&] { return begun.load(); }));
  world.server->drain();
  EXPECT_FALSE(world.idle());
  open = true;
  const std::string answer = client.receive_all();
  EXPECT_NE(answer.find("\r\nConnection: close\r\n"), answer.npos);
  EXPECT_EQ(body_of(answer), "GET / []");
  EXPECT_TRUE(comes_true([&] { return world.idle(); }));
}

TEST(HttpServerDrain, LosesNoRequestOfAConnectionJustMade) {
  for (int i = 0; i < 50; ++i) {
    ServerWorld world(echo, {}, 2);
    RawClient client(world.address());
    std::thread drainer([&] { world.server->drain(); });
    client.send(get_request("/"));
    const std::string answer = client.receive_answer();
    drainer.join();
    ASSERT_EQ(body_of(answer), "GET / []");
  }
}

TEST(HttpServerDrain, ResetsNobodyWhoConnectsMeanwhile) {
  for (int i = 0; i < 5; ++i) {
    ServerWorld world(echo, {}, 2);
    std::atomic<int> lost = 0;
    std::vector<std::thread> clients;
    for (int c = 0; c < 4; ++c) {
      clients.emplace_back([&] {
        for (bool open = true; open;) {
          RawClient client(world.address());
          open = client.connected();
          if (open) {
            client.send(get_request("/"));
            lost += body_of(client.receive_answer()) != "GET / []";
          }
        }
      });
    }
    std::this_thread::sleep_for(20ms);
    world.server->drain();
    for (std::thread& client : clients) {
      client.join();
    }
    EXPECT_EQ(lost, 0);
  }
}

TEST(HttpServerDrain, CutTellsHandlersWhoMaySaySo) {
  ServerWorld world(stream_until_cancelled);
  RawClient client(world.address());
  client.send(get_request("/"));
  EXPECT_NE(client.receive_until("begun\r\n"), "");
  world.server->drain();
  world.server->cut();
  EXPECT_EQ(client.receive_all(), "b\r\nunavailable\r\n0\r\n\r\n");
  EXPECT_TRUE(comes_true([&] { return world.idle(); }));
  EXPECT_EQ(world.server->counts().clients_gone, 0);
}

TEST(HttpServerDrain, IsSafeAtAnyMoment) {
  for (int i = 0; i < 50; ++i) {
    ServerWorld world(i % 2 == 0 ? Handle(echo) : Handle(stream_until_cancelled), {}, 2);
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int c = 0; c < 8; ++c) {
      clients.push_back(std::make_unique<RawClient>(world.address()));
      clients.back()->send(get_request("/"));
    }
    if (i % 3 == 0) {
      world.server->drain();
      world.server->cut();
    }
    if (i % 5 == 0) {
      world.server.reset();
    }
  }
}

TEST(HttpServerDrain, DestroyedWhileItServesItClosesAll) {
  ServerWorld world(stream_until_cancelled);
  RawClient client(world.address());
  client.send(get_request("/"));
  EXPECT_NE(client.receive_until("begun\r\n"), "");
  world.server.reset();
  client.receive_all();
  EXPECT_TRUE(client.closed());
}

}  // namespace
}  // namespace wend::net
