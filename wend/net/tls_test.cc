// SPDX-License-Identifier: Apache-2.0
// A client and servers with good and bad certificates (F18 of the reliability specification).
#include "wend/net/tls.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temp_dir.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/net/client_fixture.h"
#include "wend/net/scripted_peer.h"
#include "wend/net/tls_peer.h"

namespace wend::net {
namespace {

using namespace std::chrono_literals;
using base::Code;
using testing::ElementsAre;
using testing::HasSubstr;
using Side = ScriptedPeer::Side;

const std::string kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// An authority that clients trust, and what they are made with.
class TlsTest : public testing::Test {
 protected:
  void SetUp() override {
    // OpenSSL writes without MSG_NOSIGNAL: a server's thread must not end the tests.
    std::signal(SIGPIPE, SIG_IGN);
    auto tls = TlsContext::from_file(folder_.write("roots.pem", authority_.pem()));
    ASSERT_TRUE(tls) << tls.error().message;
    options_.tls = *tls;
    options_.lookup = [](const std::string&) {
      return std::vector{boost::asio::ip::make_address("127.0.0.1")};
    };
  }

  /// Asks for https://host, of a server with this certificate that answers every request.
  Outcome ask(const std::string& host, const TlsIdentity& identity, int version = TLS1_3_VERSION) {
    const auto server = make_server(identity, version);
    ScriptedPeer peer([&](Side& side, int) {
      TlsSide tls(side, *server);
      server_name_ = tls.server_name();
      protocol_ = tls.protocol();
      if (!tls.read_head().empty()) {
        tls.send(kHello);
      }
    });
    ClientFixture fixture(options_);
    fixture.allow_private = true;
    Outcome outcome = fixture.send(url(host, peer.port()));
    return outcome;
  }

  static std::string url(const std::string& host, std::uint16_t port) {
    return "https://" + host + ":" + std::to_string(port);
  }

  support::TempDir folder_;
  TlsIdentity authority_ = make_identity({});
  TlsIdentity good_ = make_identity({"DNS:upstream.test"}, &authority_);
  HttpClientOptions options_;
  std::string server_name_;
  std::string protocol_;
};

void expect_refused(const Outcome& outcome, const std::string& why) {
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, Code::kUnavailable);
  EXPECT_THAT(outcome.error->message, HasSubstr(why));
  EXPECT_THAT(outcome.error->message, HasSubstr("no connection: TLS: "));
}

TEST_F(TlsTest, TrustsACertificateOfTheHostAndNamesItToTheServer) {
  EXPECT_EQ(ask("upstream.test", good_).body, "hello");
  EXPECT_EQ(server_name_, "upstream.test");
  EXPECT_EQ(protocol_, "TLSv1.3");
  EXPECT_EQ(ask("upstream.test", good_, TLS1_2_VERSION).body, "hello");
  EXPECT_EQ(protocol_, "TLSv1.2");
}

TEST_F(TlsTest, TrustsACertificateOfAnAddressAndNamesNone) {
  EXPECT_EQ(ask("127.0.0.1", make_identity({"IP:127.0.0.1"}, &authority_)).body, "hello");
  EXPECT_EQ(server_name_, "");
  expect_refused(ask("127.0.0.1", make_identity({"IP:127.0.0.2"}, &authority_)), "IP address mism");
  expect_refused(ask("127.0.0.1", good_), "IP address mismatch");
}

TEST_F(TlsTest, TrustsAWildcardOfOneLabel) {
  const TlsIdentity wild = make_identity({"DNS:*.upstream.test"}, &authority_);
  EXPECT_EQ(ask("a.upstream.test", wild).body, "hello");
  expect_refused(ask("upstream.test", wild), "hostname mismatch");
  expect_refused(ask("a.b.upstream.test", wild), "hostname mismatch");
  expect_refused(ask("ab.test", make_identity({"DNS:a*.test"}, &authority_)), "hostname mismatch");
}

TEST_F(TlsTest, F18RefusesBadCertificatesInOpenSslsWords) {
  expect_refused(ask("other.test", good_), "hostname mismatch");
  expect_refused(ask("upstream.test", make_identity({"DNS:upstream.test", -2, -1}, &authority_)),
                 "certificate has expired");
  expect_refused(ask("upstream.test", make_identity({"DNS:upstream.test", 1, 2}, &authority_)),
                 "not yet valid");
  expect_refused(ask("upstream.test", make_identity({"DNS:upstream.test"})), "self-signed");
  const TlsIdentity stranger = make_identity({});
  expect_refused(ask("upstream.test", make_identity({"DNS:upstream.test"}, &stranger)),
                 "unable to get local issuer certificate");
}

TEST_F(TlsTest, RefusesTheOldVersions) {
  expect_refused(ask("upstream.test", good_, TLS1_1_VERSION), "protocol version");
}

TEST_F(TlsTest, SaysThatAPeerSpeaksNoTls) {
  ScriptedPeer peer([&](Side& side, int) { side.send("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  ClientFixture fixture(options_);
  fixture.allow_private = true;
  expect_refused(fixture.send(url("upstream.test", peer.port())), "TLS: wrong version number");
}

TEST_F(TlsTest, GivesUpAHandshakeInTimeAndWhenCancelled) {
  std::atomic<int> ended = 0;
  ScriptedPeer peer([&](Side& side, int) { ended += side.sees_end() ? 1 : 0; });
  ClientFixture fixture(options_);
  fixture.allow_private = true;
  fixture.timeouts.connect = 60ms;
  const Outcome late = fixture.send(url("upstream.test", peer.port()));
  ASSERT_TRUE(late.error);
  EXPECT_EQ(late.error->code, Code::kDeadlineExceeded);
  EXPECT_THAT(late.error->message, HasSubstr("connect timeout of 60 ms: the TLS handshake"));
  fixture.timeouts.connect = 10s;
  fixture.cancel_after(30ms);
  EXPECT_EQ(fixture.send(url("upstream.test", peer.port())).error->message, "the client has gone");
  EXPECT_TRUE(soon_true([&] { return ended == 2; }));
}

TEST_F(TlsTest, UsesAConnectionAgainForLargeBodiesAndSmallPieces) {
  const auto server = make_server(good_);
  const std::string large(3 << 20, 'x');
  std::counting_semaphore<> seen(0);
  ScriptedPeer peer([&](Side& side, int) {
    TlsSide tls(side, *server);
    for (int i = 0; i < 2; ++i) {
      EXPECT_THAT(tls.read_head(), HasSubstr("Content-Length: 3145730\r\n"));
      EXPECT_EQ(tls.read(large.size() + 2), "{" + large + "}");
      tls.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (const char c : std::string("hello")) {
        tls.send("1\r\n" + std::string(1, c) + "\r\n");
        ASSERT_TRUE(seen.try_acquire_for(10s));
      }
      tls.send("0\r\n\r\n");
    }
    side.sees_end();
  });
  ClientFixture fixture(options_);
  fixture.allow_private = true;
  fixture.on_piece = [&](std::string_view) { seen.release(); };
  for (int i = 0; i < 2; ++i) {
    const Outcome outcome = fixture.send(url("upstream.test", peer.port()), {"{", large, "}"});
    EXPECT_THAT(outcome.pieces, ElementsAre("h", "e", "l", "l", "o"));
    EXPECT_FALSE(outcome.error) << outcome.error->message;
  }
  EXPECT_EQ(peer.connections(), 1);
}

TEST_F(TlsTest, ResumesTheSessionOfAServer) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto server = make_server(make_identity({"DNS:a.test,DNS:b.test"}, &authority_), version);
    std::vector<bool> resumed;
    ScriptedPeer peer([&](Side& side, int) {
      TlsSide tls(side, *server);
      resumed.push_back(tls.resumed());
      tls.read_head();
      tls.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    ClientFixture fixture(options_);
    fixture.allow_private = true;
    for (const char* host : {"a.test", "a.test", "a.test", "b.test", "b.test"}) {
      EXPECT_EQ(fixture.send(url(host, peer.port())).status, 200);
    }
    EXPECT_THAT(resumed, ElementsAre(false, true, true, false, true));
  }
}

TEST_F(TlsTest, ReadsAnAnswerThatComesBeforeTheRequestIsTaken) {
  const auto server = make_server(good_);
  const std::string large(32 << 20, 'x');
  ScriptedPeer peer([&](Side& side, int) {
    TlsSide tls(side, *server);
    tls.read_head();
    tls.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
    side.sees_end();
  });
  ClientFixture fixture(options_);
  fixture.allow_private = true;
  const Outcome outcome = fixture.send(url("upstream.test", peer.port()), {large});
  EXPECT_EQ(outcome.status, 413);
  EXPECT_EQ(outcome.body, "big");
  EXPECT_EQ(fixture.client().counts().idle, 0U);
}

TEST_F(TlsTest, BelievesNoEndWithoutAFarewellWhereNothingElseTellsIt) {
  const auto server = make_server(good_);
  for (const bool farewell : {true, false}) {
    ScriptedPeer peer([&](Side& side, int) {
      TlsSide tls(side, *server);
      tls.read_head();
      tls.send("HTTP/1.1 200 OK\r\n\r\nhello");
      if (farewell) {
        tls.farewell();
      }
    });
    ClientFixture fixture(options_);
    fixture.allow_private = true;
    const Outcome outcome = fixture.send(url("upstream.test", peer.port()));
    EXPECT_EQ(outcome.body, "hello");
    EXPECT_EQ(outcome.error.has_value(), !farewell);
    if (outcome.error) {
      EXPECT_EQ(outcome.error->code, Code::kDataLoss);
    }
  }
}

TEST_F(TlsTest, F17ReplacesAPooledConnectionThatWasClosed) {
  const auto server = make_server(good_);
  ScriptedPeer peer([&](Side& side, int) {
    TlsSide tls(side, *server);
    tls.read_head();
    tls.send(kHello);
    tls.read_head();
  });
  ClientFixture fixture(options_);
  fixture.allow_private = true;
  EXPECT_EQ(fixture.send(url("upstream.test", peer.port())).body, "hello");
  EXPECT_EQ(fixture.send(url("upstream.test", peer.port())).body, "hello");
  EXPECT_EQ(peer.connections(), 2);
  EXPECT_EQ(fixture.client().counts().stale_retries, 1U);
}

TEST(TlsContext, SaysThatAFileHoldsNoRoots) {
  const auto tls = TlsContext::from_file("/no/such/file.pem");
  ASSERT_FALSE(tls);
  EXPECT_THAT(tls.error().message, HasSubstr("/no/such/file.pem"));
}

}  // namespace
}  // namespace wend::net
