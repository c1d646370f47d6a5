// SPDX-License-Identifier: Apache-2.0
// What a client makes of upstreams that behave. Those that do not: http_client_fault_test.cc.
#include "wend/net/http_client.h"

#include <atomic>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/net/client_fixture.h"
#include "wend/net/scripted_peer.h"

namespace wend::net {
namespace {

using namespace std::chrono_literals;
using base::Code;
using testing::ElementsAre;
using testing::HasSubstr;
using Side = ScriptedPeer::Side;

const std::string kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello";

void serve_hellos(Side& side, int) {
  while (!side.read_request().empty()) {
    side.send(kHello);
  }
}

TEST(HttpClient, SendsAHeadOfItsOwnAndThePiecesOfTheBody) {
  std::string request;
  ScriptedPeer peer([&](Side& side, int) {
    request = side.read_request();
    side.send(kHello);
  });
  ClientFixture fixture;
  fixture.headers = {{"Authorization", "Bearer k"},
                     {"host", "evil"},
                     {"Content-Length", "999"},
                     {"Transfer-Encoding", "chunked"},
                     {"connection", "close"}};
  const Outcome outcome = fixture.send_to(peer.port(), {"ab", "", "c"});
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(outcome.body, "hello");
  EXPECT_EQ(*outcome.headers.find("x-a"), "b");
  EXPECT_EQ(request,
            "POST /v1/x HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(peer.port()) +
                "\r\nAuthorization: Bearer k\r\nContent-Length: 3\r\n"
                "Connection: keep-alive\r\n\r\nabc");
}

TEST(HttpClient, SendsNoLengthWithAGetAndExpectsNoBodyOfAHead) {
  std::vector<std::string> requests;
  ScriptedPeer peer([&](Side& side, int) {
    for (int i = 0; i < 2; ++i) {
      requests.push_back(side.read_request());
      side.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" +
                std::string(requests.back().starts_with("GET") ? "hello" : ""));
    }
  });
  ClientFixture fixture;
  fixture.method = "HEAD";
  EXPECT_EQ(fixture.send_to(peer.port()).body, "");
  fixture.method = "GET";
  EXPECT_EQ(fixture.send_to(peer.port()).body, "hello");
  EXPECT_EQ(peer.connections(), 1);
  EXPECT_THAT(requests[0], testing::Not(HasSubstr("Content-Length")));
}

TEST(HttpClient, SendsNothingThatWouldEndALineEarly) {
  ScriptedPeer peer(serve_hellos);
  ClientFixture fixture;
  fixture.headers = {{"Authorization", "Bearer s3cret\r\nX: y"}};
  const Outcome outcome = fixture.send_to(peer.port());
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, Code::kInvalidArgument);
  EXPECT_THAT(outcome.error->message, testing::Not(HasSubstr("s3cret")));
  EXPECT_EQ(peer.connections(), 0);
}

TEST(HttpClient, UsesAConnectionAgain) {
  ScriptedPeer peer(serve_hellos);
  ClientFixture fixture;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(fixture.send_to(peer.port(), {"x"}).body, "hello");
  }
  EXPECT_EQ(peer.connections(), 1);
  const HttpClientCounts counts = fixture.client().counts();
  EXPECT_EQ(counts.connections_opened, 1U);
  EXPECT_EQ(counts.connections_reused, 2U);
  EXPECT_EQ(counts.stale_retries, 0U);
  EXPECT_EQ(counts.idle, 1U);
}

/// How many connections two requests take, the first being answered with these bytes.
int connections_of_two(const std::string& first_answer) {
  ScriptedPeer peer([&](Side& side, int nth) {
    if (nth == 0) {
      side.read_request();
      side.send(first_answer);
      side.sees_end();
    } else {
      serve_hellos(side, nth);
    }
  });
  ClientFixture fixture;
  fixture.send_to(peer.port());
  EXPECT_EQ(fixture.send_to(peer.port()).body, "hello");
  return peer.connections();
}

TEST(HttpClient, DoesNotUseAgainWhatThePeerWillCloseOrHasSpokenOn) {
  EXPECT_EQ(connections_of_two("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            2);
  EXPECT_EQ(connections_of_two("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"), 2);
  EXPECT_EQ(connections_of_two(kHello + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), 2);
}

TEST(HttpClient, LooksAtAnIdleConnectionBeforeItUsesItAgain) {
  std::binary_semaphore spoken(0);
  ScriptedPeer peer([&](Side& side, int nth) {
    side.read_request();
    side.send(kHello);
    if (nth == 0) {
      std::this_thread::sleep_for(20ms);
      side.send("HTTP/1.1 408 Request Timeout\r\n\r\n");
      spoken.release();
      side.sees_end();
    }
  });
  ClientFixture fixture;
  EXPECT_EQ(fixture.send_to(peer.port()).status, 200);
  spoken.acquire();
  EXPECT_EQ(fixture.send_to(peer.port()).status, 200);
  EXPECT_EQ(peer.connections(), 2);
  EXPECT_EQ(fixture.client().counts().stale_retries, 0U);
}

TEST(HttpClient, ClosesWhatHasBeenIdleForLong) {
  std::atomic<bool> closed = false;
  ScriptedPeer peer([&](Side& side, int) {
    side.read_request();
    side.send(kHello);
    closed = side.sees_end();
  });
  HttpClientOptions options;
  options.idle_timeout = 50ms;
  ClientFixture fixture(options);
  EXPECT_EQ(fixture.send_to(peer.port()).body, "hello");
  EXPECT_TRUE(soon_true([&] { return closed && fixture.client().counts().idle == 0; }));
}

TEST(HttpClient, KeepsNoMoreIdleConnectionsThanItMay) {
  std::atomic<int> waiting = 0;
  ScriptedPeer peer([&](Side& side, int) {
    side.read_request();
    ++waiting;
    waiting.notify_all();
    for (int now = waiting; now < 3; now = waiting) {
      waiting.wait(now);
    }
    side.send(kHello);
    side.sees_end();
  });
  HttpClientOptions options;
  options.idle_per_origin = 2;
  ClientFixture fixture(options);
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] { EXPECT_EQ(fixture.send_to(peer.port()).body, "hello"); });
  }
  for (std::thread& caller : callers) {
    caller.join();
  }
  EXPECT_EQ(fixture.client().counts().idle, 2U);
}

TEST(HttpClient, ReadsBodiesOfAllFramings) {
  const std::string answers[] = {
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: "
      "z\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\n\r\nhello",
  };
  ScriptedPeer peer([&](Side& side, int) {
    for (const std::string& answer : answers) {
      side.read_request();
      side.send(answer);
    }
  });
  ClientFixture fixture;
  for (int i = 0; i < 3; ++i) {
    const Outcome outcome = fixture.send_to(peer.port());
    EXPECT_FALSE(outcome.error) << outcome.error->message;
    EXPECT_EQ(outcome.body, "hello") << i;
  }
  EXPECT_EQ(peer.connections(), 1);
  EXPECT_EQ(fixture.client().counts().idle, 0U);
}

TEST(HttpClient, GivesAByteThatArrivesAlone) {
  for (const bool chunked : {false, true}) {
    std::counting_semaphore<> seen(0);
    ScriptedPeer peer([&](Side& side, int) {
      side.read_request();
      side.send(chunked ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
      for (const char c : std::string("hello")) {
        side.send(chunked ? "1\r\n" + std::string(1, c) + "\r\n" : std::string(1, c));
        ASSERT_TRUE(seen.try_acquire_for(10s));
      }
      side.send(chunked ? "0\r\n\r\n" : "");
    });
    ClientFixture fixture;
    fixture.on_piece = [&](std::string_view) { seen.release(); };
    EXPECT_THAT(fixture.send_to(peer.port()).pieces, ElementsAre("h", "e", "l", "l", "o"));
  }
}

TEST(HttpClient, SendsALargeBodyWhole) {
  const std::string piece(1 << 20, 'x');
  std::string got;
  ScriptedPeer peer([&](Side& side, int) {
    std::this_thread::sleep_for(20ms);
    got = side.read_request();
    side.send(kHello);
  });
  ClientFixture fixture;
  EXPECT_EQ(fixture.send_to(peer.port(), {piece, "yz", piece, piece, piece, piece, piece}).body,
            "hello");
  const std::string sent = piece + "yz" + piece + piece + piece + piece + piece;
  EXPECT_TRUE(got.ends_with(sent));
  EXPECT_EQ(fixture.client().counts().idle, 1U);
}

TEST(HttpClient, ReadsAnAnswerThatComesBeforeTheRequestIsTaken) {
  const std::string large(32 << 20, 'x');
  const std::string answer = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\n";
  for (const bool closes : {false, true}) {
    ScriptedPeer peer([&](Side& side, int) {
      side.read_head();
      side.send("HTTP/1.1 102 Processing\r\n\r\n");
      std::this_thread::sleep_for(20ms);
      side.send(answer);
      side.send("big");
      if (!closes) {
        side.sees_end();
      }
    });
    ClientFixture fixture;
    const Outcome outcome = fixture.send_to(peer.port(), {large});
    EXPECT_EQ(outcome.status, 413);
    EXPECT_EQ(outcome.body, "big");
    EXPECT_EQ(fixture.client().counts().idle, 0U);
  }
}

TEST(HttpClient, ClosesWhenTheAnswerIsLetGo) {
  std::atomic<bool> closed = false;
  ScriptedPeer peer([&](Side& side, int) {
    side.read_request();
    side.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello");
    closed = side.sees_end();
  });
  ClientFixture fixture;
  run_and_wait(fixture.context(), [&]() -> base::Task<void> {
    const Origin origin{*parse_url("http://127.0.0.1:" + std::to_string(peer.port())), false};
    const ClientRequest request{"POST", "/", nullptr, {}};
    auto response =
        co_await fixture.client().send(origin, request, fixture.timeouts, fixture.cancel());
    EXPECT_TRUE(response);
  });
  EXPECT_TRUE(soon_true([&] { return closed.load(); }));
  EXPECT_EQ(fixture.client().counts().idle, 0U);
}

}  // namespace
}  // namespace wend::net
