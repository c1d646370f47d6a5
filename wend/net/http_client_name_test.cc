// SPDX-License-Identifier: Apache-2.0
// Names of upstreams: which addresses a client goes to, and which it does not.
#include <atomic>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/net/client_fixture.h"
#include "wend/net/dead_port.h"
#include "wend/net/scripted_peer.h"

namespace wend::net {
namespace {

using namespace std::chrono_literals;
using base::Code;
using testing::HasSubstr;
using Side = ScriptedPeer::Side;

void serve_hello(Side& side, int) {
  side.read_request();
  side.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  side.sees_end();
}

/// Every name has these addresses.
HttpClientOptions resolving_to(std::vector<std::string> texts) {
  HttpClientOptions options;
  options.lookup = [texts](const std::string&) {
    std::vector<boost::asio::ip::address> addresses;
    for (const std::string& text : texts) {
      addresses.push_back(boost::asio::ip::make_address(text));
    }
    return addresses;
  };
  return options;
}

std::string url_of(const std::string& host, std::uint16_t port) {
  return "http://" + host + ":" + std::to_string(port);
}

TEST(HttpClientName, DoesNotFollowANameToAPrivateAddress) {
  ScriptedPeer peer(serve_hello);
  for (const char* address : {"127.0.0.1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254"}) {
    ClientFixture fixture(resolving_to({address}));
    const Outcome outcome = fixture.send(url_of("metadata.example", peer.port()));
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->code, Code::kPermissionDenied);
    EXPECT_THAT(outcome.error->message, HasSubstr("metadata.example:"));
    EXPECT_THAT(outcome.error->message, HasSubstr(address));
    EXPECT_THAT(outcome.error->message, HasSubstr("allow_private: true"));
  }
  EXPECT_EQ(peer.connections(), 0);
}

TEST(HttpClientName, LeavesOutThePrivateAddressesOfAName) {
  ScriptedPeer peer(serve_hello);
  ClientFixture fixture(resolving_to({"127.0.0.1", "100::1", "ff02::1"}));
  fixture.timeouts.connect = 100ms;
  EXPECT_TRUE(fixture.send(url_of("mixed.example", peer.port())).error);
  EXPECT_EQ(peer.connections(), 0);
}

TEST(HttpClientName, GoesThereWhereThatIsAllowed) {
  ScriptedPeer peer(serve_hello);
  ClientFixture fixture;
  const std::string url = url_of("localhost", peer.port());
  ASSERT_TRUE(fixture.send(url).error);
  fixture.allow_private = true;
  EXPECT_EQ(fixture.send(url).body, "hello");
  EXPECT_EQ(fixture.client().counts().idle, 1U);
  // Its connection is not shared with who may not go there.
  fixture.allow_private = false;
  EXPECT_EQ(fixture.send(url).error->code, Code::kPermissionDenied);
}

TEST(HttpClientName, LooksAtTheAddressOfEveryConnection) {
  std::atomic<int> lookups = 0;
  HttpClientOptions options;
  options.lookup = [&](const std::string&) -> base::Result<std::vector<boost::asio::ip::address>> {
    if (++lookups == 1) {
      return base::fail(Code::kUnavailable, "try again");
    }
    return std::vector{boost::asio::ip::make_address("127.0.0.1")};
  };
  ScriptedPeer peer(serve_hello);
  ClientFixture fixture(options);
  const std::string url = url_of("rebinds.example", peer.port());
  EXPECT_EQ(fixture.send(url).error->code, Code::kUnavailable);
  EXPECT_EQ(fixture.send(url).error->code, Code::kPermissionDenied);
  EXPECT_EQ(peer.connections(), 0);
}

TEST(HttpClientName, SaysThatANameIsUnknown) {
  ClientFixture fixture;
  const Outcome outcome = fixture.send("http://no-such-name.invalid");
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, Code::kUnavailable);
  EXPECT_THAT(outcome.error->message, HasSubstr("no-such-name.invalid:80: no connection"));
}

TEST(HttpClientName, TriesTheNextAddressAtOnceWhenOneRefuses) {
  ScriptedPeer peer(serve_hello);
  ClientFixture fixture(resolving_to({"127.0.0.9", "::1", "127.0.0.1"}));
  fixture.allow_private = true;
  EXPECT_EQ(fixture.send(url_of("many.example", peer.port())).body, "hello");
}

TEST(HttpClientName, DoesNotWaitForAnAddressThatSaysNothing) {
  ScriptedPeer peer(serve_hello);
  const DeadPort silent(DeadPort::Kind::kSilent, "127.0.0.2", peer.port());
  ClientFixture fixture(resolving_to({"127.0.0.2", "127.0.0.1"}));
  fixture.allow_private = true;
  EXPECT_EQ(fixture.send(url_of("many.example", peer.port())).body, "hello");
}

TEST(HttpClientName, SaysWhyTheLastAddressFailed) {
  const DeadPort refuses(DeadPort::Kind::kRefuses);
  ClientFixture fixture(resolving_to({"127.0.0.1", "127.0.0.2"}));
  fixture.allow_private = true;
  const Outcome outcome = fixture.send(url_of("many.example", refuses.port()));
  ASSERT_TRUE(outcome.error);
  EXPECT_THAT(outcome.error->message, HasSubstr("refused"));
}

}  // namespace
}  // namespace wend::net
