// SPDX-License-Identifier: Apache-2.0
#include "wend/net/http_server.h"

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "wend/net/raw_client.h"
#include "wend/net/server_world.h"

namespace wend::net {
namespace {

using base::Status;

Handle stream_of(std::vector<std::string> pieces) {
  return [pieces](HttpExchange& exchange) -> base::Task<void> {
    ResponseHead head;
    head.headers.add("Content-Type", "text/event-stream");
    co_await exchange.begin(std::move(head));
    for (const std::string& piece : pieces) {
      co_await exchange.write(piece);
    }
    co_await exchange.end();
  };
}

TEST(HttpServer, AnswersRequestAfterRequestOnOneConnection) {
  ServerWorld world;
  RawClient client(world.address());
  for (const char* target : {"/1", "/2?x", "/3"}) {
    client.send(get_request(target));
    const std::string answer = client.receive_answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: "));
    EXPECT_EQ(answer.find("Connection"), answer.npos);
    EXPECT_EQ(body_of(answer), fmt::format("GET {} []", target));
  }
  EXPECT_EQ(world.server->counts().accepted, 1);
}

TEST(HttpServer, TakesARequestThatComesByteByByte) {
  ServerWorld world;
  RawClient client(world.address());
  const std::string chunked =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: "
      "y\r\n\r\n";
  for (const std::string& request : {get_request("/"), post_request("body"), chunked}) {
    for (const char byte : request) {
      client.send(std::string(1, byte));
    }
  }
  EXPECT_EQ(body_of(client.receive_answer()), "GET / []");
  EXPECT_EQ(body_of(client.receive_answer()), "POST / [body]");
  EXPECT_EQ(body_of(client.receive_answer()), "POST / [abc]");
}

TEST(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
  ServerWorld world;
  RawClient client(world.address());
  client.send(get_request("/1") + post_request("two") + get_request("/3"));
  EXPECT_EQ(body_of(client.receive_answer()), "GET /1 []");
  EXPECT_EQ(body_of(client.receive_answer()), "POST / [two]");
  EXPECT_EQ(body_of(client.receive_answer()), "GET /3 []");
}

TEST(HttpServer, AnswersAFloodOfPipelinedRequests) {
  ServerWorld world;
  RawClient client(world.address());
  constexpr int kRequests = 2000;
  std::string all;
  for (int i = 0; i < kRequests; ++i) {
    all += get_request(fmt::format("/{}", i));
  }
  std::thread sender([&] { client.send(all); });
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_EQ(body_of(client.receive_answer()), fmt::format("GET /{} []", i));
  }
  sender.join();
}

TEST(HttpServer, TakesTheLargestBodyAndNoneLarger) {
  ServerWorld world([](HttpExchange& exchange) -> base::Task<void> {
    HttpResponse response;
    response.body = std::to_string(exchange.take_body().size());
    co_await exchange.respond(std::move(response));
  });
  const std::string largest(HttpServerLimits{}.body_bytes, 'x');
  RawClient client(world.address());
  client.send(post_request(largest));
  EXPECT_EQ(body_of(client.receive_answer()), "4194304");
  // Sent whole, although it is refused by its head: the answer must not be lost to a reset.
  EXPECT_TRUE(client.send(post_request(largest + "x")));
  const std::string answer = client.receive_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
  EXPECT_FALSE(client.was_reset());
}

TEST(HttpServer, StreamsEachWriteAsItsOwnChunk) {
  ServerWorld world(stream_of({"hello", "", std::string(17, 'x')}));
  RawClient client(world.address());
  for (int i = 0; i < 2; ++i) {
    client.send(get_request("/"));
    const std::string answer = client.receive_until("\r\n0\r\n\r\n");
    EXPECT_NE(answer.find("\r\nTransfer-Encoding: chunked\r\n"), answer.npos);
    EXPECT_EQ(body_of(answer), "5\r\nhello\r\n11\r\nxxxxxxxxxxxxxxxxx\r\n0\r\n\r\n");
  }
}

TEST(HttpServer, SendsEachByteBeforeTheNextIsWritten) {
  constexpr int kBytes = 200;
  std::atomic<int> written = 0;
  std::atomic<int> received = 0;
  ServerWorld world([&](HttpExchange& exchange) -> base::Task<void> {
    co_await begin_plain(exchange);
    for (int i = 0; i < kBytes; ++i) {
      while (received < i) {
        co_await sleep_until(Instant::clock::now() + std::chrono::milliseconds(1),
                             exchange.cancel());
      }
      co_await exchange.write("x");
      ++written;
    }
    co_await exchange.end();
  });
  RawClient client(world.address());
  client.send(get_request("/"));
  EXPECT_NE(client.receive_until("\r\n\r\n"), "");
  for (int i = 0; i < kBytes; ++i) {
    ASSERT_EQ(client.receive_until("1\r\nx\r\n"), "1\r\nx\r\n");
    ASSERT_LE(written, i + 1);
    received = i + 1;
  }
  EXPECT_EQ(client.receive_until("0\r\n\r\n"), "0\r\n\r\n");
}

TEST(HttpServer, AnswersHeadWithTheHeadAlone) {
  ServerWorld world;
  RawClient client(world.address());
  client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get_request("/y"));
  const std::string head = client.receive_answer(true);
  EXPECT_NE(head.find("\r\nContent-Length: 10\r\n"), head.npos) << head;
  EXPECT_EQ(body_of(client.receive_answer()), "GET /y []");
}

TEST(HttpServer, AnswersHeadOfAStreamWithTheHeadAlone) {
  ServerWorld world(stream_of({"hello"}));
  RawClient client(world.address());
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(client.receive_answer(true).find("Transfer-Encoding: chunked"), std::string::npos);
  client.send(get_request("/"));
  EXPECT_EQ(body_of(client.receive_until("\r\n0\r\n\r\n")), "5\r\nhello\r\n0\r\n\r\n");
}

TEST(HttpServer, SendsNoBodyWhereAStatusHasNone) {
  ServerWorld world([](HttpExchange& exchange) -> base::Task<void> {
    HttpResponse response;
    response.status = 204;
    response.body = "not sent";
    co_await exchange.respond(std::move(response));
  });
  RawClient client(world.address());
  client.send(get_request("/1") + get_request("/2"));
  const std::string first = client.receive_answer(true);
  EXPECT_TRUE(first.starts_with("HTTP/1.1 204 No Content\r\n"));
  EXPECT_EQ(first.find("Content-Length"), first.npos);
  EXPECT_TRUE(client.receive_answer(true).starts_with("HTTP/1.1 204 No Content\r\n"));
}

TEST(HttpServer, ClosesAfterTheAnswerWhenAskedTo) {
  ServerWorld world;
  RawClient client(world.address());
  client.send(get_request("/", "Connection: close\r\n"));
  const std::string answer = client.receive_all();
  EXPECT_NE(answer.find("\r\nConnection: close\r\n"), answer.npos);
  EXPECT_EQ(body_of(answer), "GET / []");
  EXPECT_FALSE(client.was_reset());
}

TEST(HttpServer, SpeaksTheOldVersion) {
  ServerWorld world;
  RawClient kept(world.address());
  kept.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string answer = kept.receive_answer();
  EXPECT_NE(answer.find("\r\nConnection: keep-alive\r\n"), answer.npos);
  EXPECT_EQ(body_of(answer), "GET /1 []");
  kept.send("GET /2 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(body_of(kept.receive_all()), "GET /2 []");
}

TEST(HttpServer, EndsAStreamOfTheOldVersionByClosing) {
  ServerWorld world(stream_of({"hello ", "you"}));
  RawClient client(world.address());
  client.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string answer = client.receive_all();
  EXPECT_EQ(answer.find("Transfer-Encoding"), answer.npos);
  EXPECT_NE(answer.find("\r\nConnection: close\r\n"), answer.npos);
  EXPECT_EQ(body_of(answer), "hello you");
}

TEST(HttpServer, AsksForABodyThatWaitsToBeAskedFor) {
  ServerWorld world;
  RawClient client(world.address());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("bo");
  client.send("dy");
  EXPECT_EQ(body_of(client.receive_answer()), "POST / [body]");
  // A body that is there already needs no asking.
  client.send(post_request("body", "Expect: 100-continue\r\n"));
  EXPECT_TRUE(client.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST(HttpServer, RefusesABodyTooLargeWithoutAskingForIt) {
  ServerWorld world;
  RawClient client(world.address());
  client.send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4194305\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_TRUE(client.receive_until("\r\n\r\n").starts_with("HTTP/1.1 413 "));
}

TEST(HttpServer, AnswersWhatAHandlerLeavesUnanswered) {
  ServerWorld world([](HttpExchange&) -> base::Task<void> { co_return; });
  RawClient client(world.address());
  client.send(get_request("/"));
  EXPECT_TRUE(client.receive_answer().starts_with("HTTP/1.1 500 "));
}

TEST(HttpServer, LetsAClientTellAnAbortedStream) {
  const auto aborted = [](HttpExchange& exchange) -> base::Task<void> {
    co_await begin_plain(exchange);
    co_await exchange.write("half");
    exchange.abort();
    const Status after = co_await exchange.write("more");
    EXPECT_FALSE(after.has_value());
  };
  const auto unended = [](HttpExchange& exchange) -> base::Task<void> {
    co_await begin_plain(exchange);
    co_await exchange.write("half");
  };
  for (const Handle& handle : {Handle(aborted), Handle(unended)}) {
    ServerWorld world(handle);
    RawClient client(world.address());
    client.send(get_request("/"));
    EXPECT_EQ(body_of(client.receive_all()), "4\r\nhalf\r\n");
    RawClient old(world.address());
    old.send("GET / HTTP/1.0\r\n\r\n");
    old.receive_all();
    EXPECT_TRUE(old.was_reset());
  }
}

TEST(HttpServer, LeavesOutHeadersThatCouldForgeAnAnswer) {
  ServerWorld world([](HttpExchange& exchange) -> base::Task<void> {
    HttpResponse response;
    response.headers.add("X-Good", "caf\xc3\xa9");
    response.headers.add("X-Split", "a\r\nX-Forged: b");
    response.headers.add("X-Feed", "a\nX-Forged: b");
    response.headers.add("X-Forged: b\r\nX", "c");
    response.headers.add("Content-Length", "5");
    response.headers.add("Transfer-Encoding", "chunked");
    response.body = "ok";
    co_await exchange.respond(std::move(response));
  });
  RawClient client(world.address());
  client.send(get_request("/"));
  const std::string answer = client.receive_answer();
  EXPECT_NE(answer.find("\r\nX-Good: caf\xc3\xa9\r\n"), answer.npos);
  EXPECT_EQ(answer.find("Forged"), answer.npos);
  EXPECT_EQ(answer.find("X-Split"), answer.npos);
  EXPECT_EQ(answer.find("Transfer-Encoding"), answer.npos);
  EXPECT_NE(answer.find("\r\nContent-Length: 2\r\n\r\nok"), answer.npos);
}

TEST(HttpServer, ServesOnAllThreads) {
  ServerWorld world(echo, {}, 3);
  for (int i = 0; i < 50; ++i) {
    RawClient client(world.address());
    client.send(get_request("/"));
    ASSERT_EQ(body_of(client.receive_answer()), "GET / []");
  }
  EXPECT_EQ(world.server->counts().accepted, 50);
}

TEST(HttpServer, RefusesAPortThatIsTaken) {
  ServerWorld world;
  const ListenAddress taken = parse_listen_address(world.address()).value();
  const auto second = HttpServer::listen(world.threads, taken, {}, world.handler);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, base::Code::kUnavailable);
}

TEST(ListenAddress, IsAHostAndAPort) {
  const auto v6 = parse_listen_address("[::1]:0");
  ASSERT_TRUE(v6.has_value());
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(parse_listen_address("0.0.0.0:8484").value().port, 8484);
  for (const char* bad : {"",
                          "8484",
                          ":8484",
                          "127.0.0.1",
                          "127.0.0.1:",
                          "127.0.0.1:x",
                          "127.0.0.1:65536",
                          "127.0.0.1:-1",
                          "::1:80",
                          "[127.0.0.1]:80",
                          "example.org:80",
                          "[::1]",
                          "127.0.0.1:80 "}) {
    EXPECT_FALSE(parse_listen_address(bad).has_value()) << bad;
  }
}

TEST(ListenAddress, KnowsTheLoopback) {
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1", "localhost"}) {
    EXPECT_TRUE(is_loopback({host, 1})) << host;
  }
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "example.org"}) {
    EXPECT_FALSE(is_loopback({host, 1})) << host;
  }
}

}  // namespace
}  // namespace wend::net
