// SPDX-License-Identifier: Apache-2.0
#include "wend/net/request_parser.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace wend::net {
namespace {

using namespace std::string_literals;
using Phase = RequestParser::Phase;

constexpr std::size_t kBodyLimit = 1000;

/// What came of some bytes: each request as "METHOD target 1.x|body|", then "=status" of a refusal
/// or the phase that was left.
std::string outcome(std::string_view bytes, std::size_t piece) {
  RequestParser parser(HeadLimits{}, kBodyLimit);
  std::string text;
  while (!bytes.empty() && parser.phase() != Phase::kRefused) {
    std::string_view rest = bytes.substr(0, piece);
    bytes.remove_prefix(rest.size());
    while (!rest.empty() && parser.phase() != Phase::kRefused) {
      rest.remove_prefix(parser.feed(rest));
      if (parser.phase() == Phase::kDone) {
        const HttpRequest& request = parser.request();
        text += fmt::format("{} {} 1.{}|{}|",
                            request.head.method,
                            request.head.target,
                            request.head.minor_version,
                            request.body);
        parser.start();
      }
    }
  }
  if (parser.phase() == Phase::kRefused) {
    EXPECT_FALSE(parser.refusal().message.empty());
    return text + fmt::format("={}", parser.refusal().status);
  }
  return text + (parser.phase() == Phase::kBefore ? "" : "...");
}

void expect_outcome(std::string_view bytes, std::string_view expected) {
  for (const std::size_t piece : {bytes.size() + 1, std::size_t{1}, std::size_t{7}}) {
    EXPECT_EQ(outcome(bytes, piece), expected) << "in pieces of " << piece << ":\n" << bytes;
  }
}

/// A request of these header lines (each with its end), and what follows its head.
std::string post(std::string_view headers, std::string_view rest = "") {
  return fmt::format("POST /v1 HTTP/1.1\r\nHost: a\r\n{}\r\n{}", headers, rest);
}

std::string get(std::string_view target, std::string_view headers = "Host: a\r\n") {
  return fmt::format("GET {} HTTP/1.1\r\n{}\r\n", target, headers);
}

std::string chunked(std::string_view rest) {
  return post("Transfer-Encoding: chunked\r\n", rest);
}

struct Row {
  std::string bytes;
  std::string outcome;
};

void expect_all(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    expect_outcome(row.bytes, row.outcome);
  }
}

TEST(RequestParser, TakesWhatIsWellFormed) {
  expect_all({
      {get("/"), "GET / 1.1||"},
      {get("/a?b=c%20d&e"), "GET /a?b=c%20d&e 1.1||"},
      {get("/", "hOsT:a:80\r\nX:\r\nY: \t z \r\n"), "GET / 1.1||"},
      {get("/", "Host: [::1]:8484\r\n"), "GET / 1.1||"},
      {"\r\n" + get("/"), "GET / 1.1||"},
      {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * 1.1||"},
      {"GET / HTTP/1.0\r\n\r\n", "GET / 1.0||"},
      {"M-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\n", "M-SEARCH / 1.1||"},
      {get("/", "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"), "GET / 1.1||"},
      {post("Upgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 2\r\n", "ok"),
       "POST /v1 1.1|ok|"},
      {get("/", "Host: a\r\nX: caf\xc3\xa9\r\n"), "GET / 1.1||"},
  });
}

TEST(RequestParser, TakesRequestsThatFollowEachOther) {
  expect_outcome(get("/1") + post("Content-Length: 3\r\n", "abc") +
                     chunked("2\r\nde\r\n0\r\n\r\n") +
                     get("/4", "Host: b\r\nConnection: close\r\n"),
                 "GET /1 1.1||POST /v1 1.1|abc|POST /v1 1.1|de|GET /4 1.1||");
  expect_outcome(get("/1") + "GE", "GET /1 1.1||...");
}

TEST(RequestParser, TakesBodiesByLength) {
  expect_all({
      {post("Content-Length: 0\r\n"), "POST /v1 1.1||"},
      {post("Content-Length: 005\r\n", "hello"), "POST /v1 1.1|hello|"},
      {post("Content-Length: 5\r\n", "hel"), "..."},
      {post("Content-Length: 1000\r\n", std::string(1000, 'x')),
       "POST /v1 1.1|" + std::string(1000, 'x') + "|"},
      {post("Content-Length: 2\r\nContent-Encoding: identity\r\n", "ok"), "POST /v1 1.1|ok|"},
      {"POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nok", "POST / 1.0|ok|"},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok", "GET / 1.1|ok|"},
      {post("Content-Length: 3\r\n", "\0\r\n"s), "POST /v1 1.1|\0\r\n|"s},
  });
}

TEST(RequestParser, RefusesUnclearLengths) {
  for (const char* headers : {
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
           "Transfer-Encoding: gzip\r\n",
           "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n",
           "Transfer-Encoding: gzip, chunked\r\n",
           "Transfer-Encoding: chunked, chunked\r\n",
           "Transfer-Encoding: chunked, identity\r\n",
           "Transfer-Encoding: identity\r\n",
           "Transfer-Encoding: xchunked\r\n",
           "Transfer-Encoding: chunked;q=1\r\n",
           "Transfer-Encoding: \"chunked\"\r\n",
           "Transfer-Encoding: chunked,\r\n",
           "Transfer-Encoding:\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
           "Transfer-Encoding: \x0b"
           "chunked\r\n",
           "Content-Length: 5\r\nContent-Length: 5\r\n",
           "Content-Length: 5\r\nContent-Length: 6\r\n",
           "Content-Length: 5, 5\r\n",
           "Content-Length: +5\r\n",
           "Content-Length: -5\r\n",
           "Content-Length: 0x5\r\n",
           "Content-Length: 5 5\r\n",
           "Content-Length: 5a\r\n",
           "Content-Length: 5.0\r\n",
           "Content-Length:\r\n",
           "Content-Length: 18446744073709551616\r\n",
           "Content-Length: 99999999999999999999999999\r\n",
       }) {
    expect_outcome(post(headers, "0\r\n\r\n"), "=400");
  }
  expect_outcome("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 "=400");
}

TEST(RequestParser, RefusesBodiesAboveTheLimit) {
  expect_all({
      // At once, before any of it has come.
      {post("Content-Length: 1001\r\n"), "=413"},
      {post("Content-Length: 999999999999999\r\n"), "=413"},
      {chunked("3e8\r\n" + std::string(1000, 'x') + "\r\n1\r\n"), "=413"},
      {chunked("3e9\r\n"), "=413"},
      {chunked("ffffffffffffffff\r\n"), "=413"},
      {chunked("3e8\r\n" + std::string(1000, 'x') + "\r\n0\r\n\r\n"),
       "POST /v1 1.1|" + std::string(1000, 'x') + "|"},
  });
}

TEST(RequestParser, RefusesHostsThatAreMissingRepeatedOrMalformed) {
  expect_all({
      {get("/", "X: a\r\n"), "=400"},
      {get("/", "Host: a\r\nHost: a\r\n"), "=400"},
      {get("/", "Host: a\r\nhost: b\r\n"), "=400"},
      {"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", "=400"},
      {get("/", "Host:\r\n"), "=400"},
      {get("/", "Host: a, b\r\n"), "=400"},
      {get("/", "Host: a b\r\n"), "=400"},
      {get("/", "Host: a/b\r\n"), "=400"},
      {get("/", "Host: u@a\r\n"), "=400"},
      {get("/", "Host: a:x\r\n"), "=400"},
      {get("/", "Host: a:\r\n"), "=400"},
      {get("/", "Host: [::1\r\n"), "=400"},
      {get("/", "Host: []\r\n"), "=400"},
  });
}

TEST(RequestParser, HoldsAbsoluteTargetsAgainstTheHost) {
  expect_all({
      {get("http://a/v1?x"), "GET /v1?x 1.1||"},
      {get("HTTP://A/v1"), "GET /v1 1.1||"},
      {get("http://a:80/v1"), "GET /v1 1.1||"},
      {get("http://a"), "GET / 1.1||"},
      {get("http://a?x"), "GET /?x 1.1||"},
      {"GET http://a/v1 HTTP/1.0\r\n\r\n", "GET /v1 1.0||"},
      {get("http://b/v1"), "=400"},
      {get("http://a:81/v1"), "=400"},
      {get("http://u@a/v1"), "=400"},
      {get("http:///v1"), "=400"},
      {get("ftp://a/v1"), "=400"},
      {get("a/v1"), "=400"},
      {get("*"), "=400"},
      {get("/a#b"), "=400"},
      {"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", "=501"},
  });
}

TEST(RequestParser, RefusesIrregularLines) {
  for (const std::string& bytes : {
           get("/", "Host: a\r\nX: b\r\n c\r\n"),         // folded
           get("/", "Host: a\r\nX: b\r\n\tc\r\n"),        // folded by a tab
           get("/", " Host: a\r\n"),                      // folded into the request line
           get("/", "Host: a\r\nX : b\r\n"),              // space before the colon
           get("/", "Host: a\r\nX\t: b\r\n"),             // tab before the colon
           get("/", "Host: a\r\nX y: b\r\n"),             // space within a name
           get("/", "Host: a\r\n: b\r\n"),                // no name
           get("/", "Host: a\r\nXy\r\n"),                 // no colon
           get("/", "Host: a\r\nX(y): b\r\n"),            // no token
           get("/", "Host: a\r\nX\xc3\xa9: b\r\n"),       // no ASCII
           get("/", "Host: a\nX: b\r\n"),                 // bare LF in a value
           get("/", "Host: a\r\nX: b\n"),                 // bare LF before the end
           get("/", "Host: a\r\nX: b\rc\r\n"),            // bare CR in a value
           get("/", "Host: a\r\nX: b\r\r\n"),             // CR twice
           "GET / HTTP/1.1\nHost: a\n\n"s,                // bare LF everywhere
           "GET / HTTP/1.1\r\nHost: a\r\n\n"s,            // bare LF at the end
           "GET / HTTP/1.1\r\nHost: a\r\n\rX"s,           // bare CR at the end
           "GET / HTTP/1.1\rHost: a\r\n\r\n"s,            // bare CR after the request line
           "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"s,        // bare LF before it
           "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"s,  // two empty lines before it
           get("/", "Host: a\r\nX: b\0c\r\n"s),           // NUL
           get("/",
               "Host: a\r\nX: b\x01"
               "c\r\n"),                         // control
           get("/", "Host: a\r\nX: b\x7f\r\n"),  // DEL
           get("/", "Host: a\r\nX: b\x0b\r\n"),  // vertical tab
           get("/a\0b"s),                        // NUL in the target
           get("/a\x01"
               "b"),                                // control in the target
           get("/a\tb"),                            // tab in the target
           get("/a\x7f"),                           // DEL in the target
           get("/caf\xc3\xa9"),                     // no ASCII in the target
           "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"s,   // two spaces
           "GET / a HTTP/1.1\r\nHost: a\r\n\r\n"s,  // a target in two words
           "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"s,   // two spaces
           "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"s,   // space at the end
           "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"s,   // tab for a space
           " GET / HTTP/1.1\r\nHost: a\r\n\r\n"s,   // space at the start
           " / HTTP/1.1\r\nHost: a\r\n\r\n"s,       // no method
           "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"s,    // no token
           "\x16\x03\x01\x02"s,                     // TLS
           "GET /\r\n\r\n"s,                        // HTTP/0.9
           "GET / HTTP/11\r\nHost: a\r\n\r\n"s,
           "GET / HTTP/1.01\r\nHost: a\r\n\r\n"s,
           "GET / http/1.1\r\nHost: a\r\n\r\n"s,
           "GET / RTSP/1.0\r\nHost: a\r\n\r\n"s,
           "GET / HTTP/1.\r\nHost: a\r\n\r\n"s,
       }) {
    expect_outcome(bytes, "=400");
  }
}

TEST(RequestParser, RefusesWhatItDoesNotSpeak) {
  expect_all({
      {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", "=400"},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "=400"},
      {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", "=400"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "=400"},
      {"get / HTTP/1.1\r\nHost: a\r\n\r\n", "=501"},
      {"FROB / HTTP/1.1\r\nHost: a\r\n\r\n", "=501"},
      {"GETT / HTTP/1.1\r\nHost: a\r\n\r\n", "=501"},
      {"DESCRIBE / HTTP/1.1\r\nHost: a\r\n\r\n", "=501"},
      {post("Content-Encoding: gzip\r\nContent-Length: 2\r\n", "ok"), "=415"},
      {post("Content-Encoding: identity, gzip\r\nContent-Length: 2\r\n", "ok"), "=415"},
      {post("Expect: 200-ok\r\nContent-Length: 2\r\n", "ok"), "=417"},
      {post("Expect: 100-continue, x\r\nContent-Length: 2\r\n", "ok"), "=417"},
  });
}

TEST(RequestParser, HoldsHeadsToTheirLimits) {
  const HeadLimits limits;
  const std::string line_rest = "GET / HTTP/1.1";
  const std::string longest = "/" + std::string(limits.request_line_bytes - line_rest.size(), 'x');
  expect_outcome(get(longest), "GET " + longest + " 1.1||");
  expect_outcome(get(longest + "x"), "=414");
  expect_outcome(std::string(limits.request_line_bytes + 3, 'G'), "=414");

  std::string hundred = "Host: a\r\n";
  for (std::size_t i = 1; i < limits.header_count; ++i) {
    hundred += "X: y\r\n";
  }
  expect_outcome(get("/", hundred), "GET / 1.1||");
  expect_outcome(get("/", hundred + "X: y\r\n"), "=431");

  // "Host: a" and "X: ...", their ends, and the empty line.
  const std::string widest(limits.header_bytes - 9 - 5 - 2, 'x');
  expect_outcome(get("/", "Host: a\r\nX: " + widest + "\r\n"), "GET / 1.1||");
  expect_outcome(get("/", "Host: a\r\nX: " + widest + "x\r\n"), "=431");
}

TEST(RequestParser, TakesChunkedBodies) {
  expect_all({
      {chunked("0\r\n\r\n"), "POST /v1 1.1||"},
      {chunked("5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"), "POST /v1 1.1|hello!|"},
      {chunked("00000A\r\n0123456789\r\n00\r\n\r\n"), "POST /v1 1.1|0123456789|"},
      {chunked("2;a=\"b c\";d\r\nok\r\n0;x\r\n\r\n"), "POST /v1 1.1|ok|"},
      {chunked("2\r\n\r\n\r\n0\r\n\r\n"), "POST /v1 1.1|\r\n|"},
      {chunked("2\r\nok\r\n0\r\nX-Trailer: dropped\r\nY: z\r\n\r\n") + get("/2"),
       "POST /v1 1.1|ok|GET /2 1.1||"},
      {post("transfer-encoding: \t CHUNKED \r\n", "0\r\n\r\n"), "POST /v1 1.1||"},
      {chunked("2\r\nok\r\n0\r\n"), "..."},
      {chunked("2;" + std::string(256, 'e') + "\r\nok\r\n0\r\n\r\n"), "POST /v1 1.1|ok|"},
  });
}

TEST(RequestParser, RefusesIrregularChunks) {
  for (const std::string& rest : {
           "\r\n"s,
           "g\r\n"s,
           "0x2\r\nok\r\n0\r\n\r\n"s,
           "+2\r\nok\r\n0\r\n\r\n"s,
           "-2\r\nok\r\n0\r\n\r\n"s,
           " 2\r\nok\r\n0\r\n\r\n"s,
           "2 \r\nok\r\n0\r\n\r\n"s,
           "2 ;a\r\nok\r\n0\r\n\r\n"s,
           "2\nok\r\n0\r\n\r\n"s,
           "2\rok\r\n0\r\n\r\n"s,
           "2\r\nok\n0\r\n\r\n"s,
           "2\r\nokk\r\n0\r\n\r\n"s,
           "2\r\nok0\r\n\r\n"s,
           "2\r\nok\rX"s,
           "00000000000000002\r\nok\r\n0\r\n\r\n"s,
           "fffffffffffffffff\r\n"s,
           "10000000000000002\r\nok\r\n0\r\n\r\n"s,
           "2;a\x01\r\nok\r\n0\r\n\r\n"s,
           "2;a\0b\r\nok\r\n0\r\n\r\n"s,
           "2;a\nb\r\nok\r\n0\r\n\r\n"s,
           "2;" + std::string(257, 'e') + "\r\nok\r\n0\r\n\r\n",
           "0\r\nX : y\r\n\r\n"s,
           "0\r\nX: y\n\r\n"s,
           "0\r\n X: y\r\n\r\n"s,
           "0\r\nX: \x01\r\n\r\n"s,
           "0\r\n\n"s,
       }) {
    expect_outcome(chunked(rest), "=400");
  }
}

TEST(RequestParser, RefusesExtensionsThatOutweighTheBody) {
  std::string rest;
  for (int i = 0; i < 100; ++i) {
    rest += "1;" + std::string(200, 'e') + "\r\nx\r\n";
  }
  expect_outcome(chunked(rest + "0\r\n\r\n"), "=400");
}

TEST(RequestParser, HoldsTrailersToTheLimitsOfAHead) {
  const HeadLimits limits;
  std::string hundred;
  for (std::size_t i = 0; i < limits.header_count; ++i) {
    hundred += "X: y\r\n";
  }
  expect_outcome(chunked("0\r\n" + hundred + "\r\n"), "POST /v1 1.1||");
  expect_outcome(chunked("0\r\n" + hundred + "X: y\r\n\r\n"), "=431");
  expect_outcome(chunked("0\r\nX: " + std::string(limits.header_bytes, 'x') + "\r\n\r\n"), "=431");
}

TEST(RequestParser, KeepsHeadersAsTheyCameWithoutTheSpaceAroundThem) {
  RequestParser parser(HeadLimits{}, kBodyLimit);
  parser.feed(get("/", "Host: a\r\nX-One: \t 1 2 \t\r\nx-one:3\r\nEmpty:\r\n"));
  ASSERT_EQ(parser.phase(), Phase::kDone);
  EXPECT_EQ(parser.request().head.headers.list(),
            (std::vector<Header>{{"Host", "a"}, {"X-One", "1 2"}, {"x-one", "3"}, {"Empty", ""}}));
}

TEST(RequestParser, DropsTrailers) {
  RequestParser parser(HeadLimits{}, kBodyLimit);
  parser.feed(chunked("0\r\nX-Trailer: y\r\n\r\n"));
  ASSERT_EQ(parser.phase(), Phase::kDone);
  EXPECT_EQ(parser.request().head.headers.find("X-Trailer"), nullptr);
}

TEST(RequestParser, KnowsWhetherTheConnectionLives) {
  const auto keeps = [](std::string_view version, std::string_view header) {
    RequestParser parser(HeadLimits{}, kBodyLimit);
    parser.feed(fmt::format("GET / HTTP/{}\r\nHost: a\r\n{}\r\n", version, header));
    EXPECT_EQ(parser.phase(), Phase::kDone);
    return parser.framing().keep_alive;
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_FALSE(keeps("1.1", "Connection: close\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: keep-alive, CLOSE\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: x\r\nConnection: close\r\n"));
  EXPECT_TRUE(keeps("1.1", "Connection: closed\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_FALSE(keeps("1.0", "Connection: keep-alive, close\r\n"));
}

}  // namespace
}  // namespace wend::net
