// SPDX-License-Identifier: Apache-2.0
// What a client makes of upstreams that refuse, stall, lie and break off; the numbers are those of
// the reliability specification.
#include <atomic>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wend/net/client_fixture.h"
#include "wend/net/dead_port.h"
#include "wend/net/scripted_peer.h"

namespace wend::net {
namespace {

using namespace std::chrono_literals;
using base::Code;
using testing::HasSubstr;
using Side = ScriptedPeer::Side;

const std::string kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const std::string kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

void expect_error(const Outcome& outcome, Code code, const std::string& word) {
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, code) << outcome.error->message;
  EXPECT_THAT(outcome.error->message, HasSubstr(word));
  EXPECT_THAT(outcome.error->message, HasSubstr("127.0.0.1:"));
}

/// What comes of a request that is answered by these bytes and then by a close or a reset.
Outcome answered_by(const std::string& bytes, bool reset = false) {
  ScriptedPeer peer([&](Side& side, int) {
    side.read_request();
    side.send(bytes);
    if (reset) {
      // What is sent before a reset may be lost with it.
      std::this_thread::sleep_for(20ms);
      side.reset();
    }
  });
  ClientFixture fixture;
  Outcome outcome = fixture.send_to(peer.port());
  EXPECT_EQ(peer.connections(), 1);
  EXPECT_EQ(fixture.client().counts().idle, 0U);
  return outcome;
}

TEST(HttpClientFault, F1SaysWhoRefused) {
  const DeadPort port(DeadPort::Kind::kRefuses);
  ClientFixture fixture;
  expect_error(fixture.send_to(port.port()), Code::kUnavailable, "refused");
}

TEST(HttpClientFault, F2GivesUpConnectingInTime) {
  const DeadPort port(DeadPort::Kind::kSilent);
  ClientFixture fixture;
  fixture.timeouts.connect = 60ms;
  expect_error(fixture.send_to(port.port()), Code::kDeadlineExceeded, "connect timeout of 60 ms");
}

TEST(HttpClientFault, F3SaysThatAFreshConnectionBrokeBeforeTheAnswer) {
  expect_error(answered_by("", true), Code::kUnavailable, "before it answered");
  expect_error(answered_by("", false), Code::kUnavailable, "before it answered");
}

TEST(HttpClientFault, F4TellsOfAResetAfterTheHead) {
  const Outcome outcome = answered_by("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", true);
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(outcome.body, "abc");
  expect_error(outcome, Code::kDataLoss, "broke off after 3 of 9 bytes");
  expect_error(answered_by("HTTP/1.1 200 O", true), Code::kDataLoss, "14 bytes of its head");
}

TEST(HttpClientFault, F5TellsOfAnEndInsideAChunk) {
  const Outcome outcome = answered_by(kChunked + "3\r\nabc\r\n5\r\nde");
  EXPECT_EQ(outcome.body, "abcde");
  expect_error(outcome, Code::kDataLoss, "ended after 5 bytes of its body");
  expect_error(answered_by(kChunked + "3\r\nabc\r\n"), Code::kDataLoss, "ended after 3 bytes");
}

TEST(HttpClientFault, F6EndsAStallBeforeTheAnswer) {
  std::atomic<bool> closed = false;
  ScriptedPeer peer([&](Side& side, int) {
    side.read_request();
    side.send("HTTP/1.1 200 OK\r\n");
    closed = side.sees_end();
  });
  ClientFixture fixture;
  fixture.timeouts.first_byte = 60ms;
  expect_error(fixture.send_to(peer.port()), Code::kDeadlineExceeded, "first_byte timeout of 60");
  EXPECT_TRUE(soon_true([&] { return closed.load(); }));
}

TEST(HttpClientFault, F7EndsAStallInTheBody) {
  ScriptedPeer peer([&](Side& side, int) {
    side.read_request();
    side.send(kChunked + "3\r\nabc\r\n");
    std::this_thread::sleep_for(30ms);
    side.send("1\r\nd\r\n");
    std::this_thread::sleep_for(30ms);
    side.send("0000");  // Bytes of the framing are no piece of the body.
    side.sees_end();
  });
  ClientFixture fixture;
  fixture.timeouts.idle = 100ms;
  const Outcome outcome = fixture.send_to(peer.port());
  EXPECT_EQ(outcome.body, "abcd");
  expect_error(outcome, Code::kDeadlineExceeded, "idle timeout of 100 ms");
}

TEST(HttpClientFault, EndsAStallOfARequestThatIsNotTaken) {
  const std::string large(32 << 20, 'x');
  ScriptedPeer peer([&](Side& side, int) {
    side.read_head();
    std::this_thread::sleep_for(200ms);
    side.sees_end();
  });
  ClientFixture fixture;
  fixture.timeouts.first_byte = 60ms;
  expect_error(
      fixture.send_to(peer.port(), {large}), Code::kDeadlineExceeded, "first_byte timeout of 60");
}

TEST(HttpClientFault, AWaitMayBeShorterThanTheOneBeforeIt) {
  ScriptedPeer peer([&](Side& side, int) {
    side.read_request();
    side.send(kHello);
    side.read_request();
    side.sees_end();
  });
  ClientFixture fixture;
  EXPECT_EQ(fixture.send_to(peer.port()).body, "hello");
  fixture.timeouts.first_byte = 60ms;
  expect_error(fixture.send_to(peer.port()), Code::kDeadlineExceeded, "first_byte timeout of 60");
  EXPECT_EQ(peer.connections(), 1);
}

TEST(HttpClientFault, F12TellsOfALengthThatWasWrong) {
  const Outcome outcome = answered_by("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
  EXPECT_EQ(outcome.body, "abc");
  expect_error(outcome, Code::kDataLoss, "ended after 3 of 9 bytes");
}

TEST(HttpClientFault, F13GivesWhatCameBeforeAChunkThatIsNone) {
  const Outcome outcome = answered_by(kChunked + "3\r\nabc\r\nZZ\r\n");
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(outcome.body, "abc");
  expect_error(outcome, Code::kDataLoss, "framed wrongly");
}

TEST(HttpClientFault, F16RefusesALongHead) {
  const Outcome outcome =
      answered_by("HTTP/1.1 200 OK\r\nX: " + std::string(64 << 10, 'a') + "\r\n\r\n");
  EXPECT_EQ(outcome.status, 0);
  expect_error(outcome, Code::kDataLoss, "32 KiB");
}

TEST(HttpClientFault, F14IsNoHttp) {
  expect_error(answered_by("SSH-2.0-OpenSSH_9.2\r\n"), Code::kDataLoss, "framed wrongly");
}

/// Answers one request of each connection, then goes when the next one comes.
void answer_once(Side& side, bool reset) {
  side.read_request();
  side.send(kHello);
  side.read_request();
  if (reset) {
    side.reset();
  }
}

TEST(HttpClientFault, F17ReplacesAPooledConnectionThatWasClosed) {
  for (const bool reset : {false, true}) {
    ScriptedPeer peer([&](Side& side, int) { answer_once(side, reset); });
    ClientFixture fixture;
    EXPECT_EQ(fixture.send_to(peer.port()).body, "hello");
    EXPECT_EQ(fixture.send_to(peer.port(), {"body"}).body, "hello");
    EXPECT_EQ(peer.connections(), 2);
    EXPECT_EQ(fixture.client().counts().stale_retries, 1U);
  }
}

TEST(HttpClientFault, F17TakesAFreshConnectionNotAnotherPooledOne) {
  std::atomic<int> waiting = 0;
  ScriptedPeer peer([&](Side& side, int nth) {
    side.read_request();
    ++waiting;
    waiting.notify_all();
    for (int now = waiting; now < 2; now = waiting) {
      waiting.wait(now);
    }
    side.send(kHello);
    if (nth < 2) {
      side.read_request();
    }
  });
  ClientFixture fixture;
  std::thread other([&] { EXPECT_EQ(fixture.send_to(peer.port()).body, "hello"); });
  EXPECT_EQ(fixture.send_to(peer.port()).body, "hello");
  other.join();
  EXPECT_EQ(fixture.client().counts().idle, 2U);
  EXPECT_EQ(fixture.send_to(peer.port()).body, "hello");
  EXPECT_EQ(peer.connections(), 3);
  EXPECT_EQ(fixture.client().counts().stale_retries, 1U);
}

TEST(HttpClientFault, F17DoesNotReplaceAConnectionThatHasBegunToAnswer) {
  ScriptedPeer peer([&](Side& side, int) {
    side.read_request();
    side.send(kHello);
    side.read_request();
    side.send("H");
  });
  ClientFixture fixture;
  EXPECT_EQ(fixture.send_to(peer.port()).body, "hello");
  expect_error(fixture.send_to(peer.port()), Code::kDataLoss, "1 bytes of its head");
  EXPECT_EQ(peer.connections(), 1);
}

TEST(HttpClientFault, F17ReplacesOnce) {
  ScriptedPeer peer([&](Side& side, int nth) {
    side.read_request();
    if (nth == 0) {
      side.send(kHello);
      side.read_request();
    }
  });
  ClientFixture fixture;
  EXPECT_EQ(fixture.send_to(peer.port()).body, "hello");
  expect_error(fixture.send_to(peer.port()), Code::kUnavailable, "before it answered");
  EXPECT_EQ(peer.connections(), 2);
}

TEST(HttpClientFault, CancellingEndsAConnectThatHangs) {
  const DeadPort port(DeadPort::Kind::kSilent);
  ClientFixture fixture;
  fixture.cancel_after(30ms);
  const Outcome outcome = fixture.send_to(port.port());
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->message, "the client has gone");
}

/// Whether the peer sees the end soon after a request to this script has been cancelled.
void expect_closed_when_cancelled(const std::function<void(Side&)>& script,
                                  const std::string& body = "") {
  std::atomic<std::int64_t> closed_at = 0;
  ScriptedPeer peer([&](Side& side, int) {
    script(side);
    EXPECT_TRUE(side.sees_end());
    closed_at = Instant::clock::now().time_since_epoch().count();
  });
  ClientFixture fixture;
  fixture.cancel_after(50ms);
  const Outcome outcome = fixture.send_to(peer.port(), {body});
  const auto cancelled_at = Instant::clock::now();
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->message, "the client has gone");
  ASSERT_TRUE(soon_true([&] { return closed_at != 0; }));
  const Instant end{Instant::duration(closed_at)};
  // A hundred milliseconds are asked for; a busy machine gets more.
  EXPECT_LT(end - cancelled_at, 2s);
}

TEST(HttpClientFault, CancellingClosesAConnectionThatWaitsForItsAnswer) {
  expect_closed_when_cancelled([](Side& side) { side.read_request(); });
}

TEST(HttpClientFault, CancellingClosesAConnectionInTheMiddleOfABody) {
  expect_closed_when_cancelled([](Side& side) {
    side.read_request();
    side.send(kChunked + "3\r\nabc\r\n");
  });
}

TEST(HttpClientFault, CancellingClosesAConnectionThatTakesNoMoreOfARequest) {
  expect_closed_when_cancelled(
      [](Side& side) {
        side.read_head();
        std::this_thread::sleep_for(100ms);
      },
      std::string(32 << 20, 'x'));
}

TEST(HttpClientFault, ACancelledSourceSendsNothing) {
  ScriptedPeer peer([](Side&, int) {});
  ClientFixture fixture;
  fixture.cancel().cancel({Code::kCancelled, "gone before", {}});
  const Outcome outcome = fixture.send_to(peer.port());
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->message, "gone before");
  EXPECT_EQ(peer.connections(), 0);
}

}  // namespace
}  // namespace wend::net
