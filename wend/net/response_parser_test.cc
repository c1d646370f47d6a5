// SPDX-License-Identifier: Apache-2.0
#include "wend/net/response_parser.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::net {
namespace {

using testing::HasSubstr;
using State = ResponseParser::State;

struct Parsed {
  int status = 0;
  std::vector<Header> headers;
  std::string body;
  std::string error;  ///< Empty: it ended properly.
  bool reusable = false;

  friend bool operator==(const Parsed&, const Parsed&) = default;
};

/// The answer in pieces of one size (0: whole), after which the peer closes, or, if it has ended by
/// itself, does nothing.
Parsed parse(std::string bytes, std::size_t piece = 0, bool head_request = false) {
  ResponseParser parser(head_request);
  Parsed parsed;
  const std::size_t step = piece == 0 ? std::max<std::size_t>(bytes.size(), 1) : piece;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    const std::size_t size = std::min(step, bytes.size() - at);
    parsed.body += parser.feed({bytes.data() + at, size});
  }
  parser.finish();
  if (parser.state() == State::kFailed) {
    parsed.error = parser.error().message;
  } else {
    parsed.status = parser.head().status;
    parsed.headers = parser.head().headers.list();
    parsed.reusable = parser.reusable();
  }
  return parsed;
}

struct Good {
  std::string bytes;
  int status;
  std::string body;
  bool reusable;
};

std::vector<Good> good_answers() {
  return {
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true},
      {"HTTP/1.1 200 OK\r\ncontent-length:5 \r\n\r\nhello", 200, "hello", true},
      {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, "", true},
      {"HTTP/1.1 500 X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno", 500, "no", false},
      {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nno", 200, "no", false},
      {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nno", 200, "no", true},
      {"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end", false},
      {"HTTP/1.1 200 OK\r\n\r\n", 200, "", false},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: "
       "Chunked\r\n\r\n3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n"
       "0\r\n\r\n",
       200,
       "abc0123456789",
       true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"b c\"\r\na\r\n"
       "1;a;b=\"\"\r\nb\r\n1;a=\"x\";b=y\r\nc\r\n0;last=1\r\n\r\n",
       200,
       "abc",
       true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\nZ: \r\n\r\n",
       200,
       "a",
       true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, "", true},
      {"HTTP/1.1 204 No Content\r\n\r\n", 204, "", true},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\n", 304, "", true},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"
       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
       200,
       "a",
       true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\n", 200, "a", false},
      {"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc", 204, "", false},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n0", 200, "", false},
  };
}

TEST(ResponseParser, FindsTheBodyAndItsEnd) {
  for (const Good& good : good_answers()) {
    const Parsed parsed = parse(good.bytes);
    EXPECT_EQ(parsed.error, "") << good.bytes;
    EXPECT_EQ(parsed.status, good.status) << good.bytes;
    EXPECT_EQ(parsed.body, good.body) << good.bytes;
    EXPECT_EQ(parsed.reusable, good.reusable) << good.bytes;
  }
}

struct Bad {
  std::string bytes;
  std::string error;
};

std::vector<Bad> bad_answers() {
  using std::string_literals::operator""s;
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
  std::string many = ok;
  for (int i = 0; i < 101; ++i) {
    many += "X: y\r\n";
  }
  std::string interim;
  for (int i = 0; i < 9; ++i) {
    interim += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  return {
      {"", "ended after 0 bytes of its head"},
      {"HTTP/1.1 200 OK\r\nX: y\r\n", "ended after 23 bytes of its head"},
      {"<html>", "framed wrongly"},
      {"\r\n" + ok + "\r\n", "empty line"},
      {"HTTP/2.0 200 OK\r\n\r\n", "version"},
      {"HTTP/0.9 200 OK\r\n\r\n", "version"},
      {"HTTP/1.2 200 OK\r\n\r\n", "framed wrongly"},
      {"HTTP/1.1 99 X\r\n\r\n", "status 99"},
      {"HTTP/1.1 2000 X\r\n\r\n", "framed wrongly"},
      {"HTTP/1.1 000 X\r\n\r\n", "status 0"},
      {"HTTP/1.1 600 X\r\n\r\n", "status 600"},
      {"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "status 101"},
      {interim + ok + "\r\n", "interim"},
      {ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Content-Length"},
      {ok + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", "Content-Length"},
      {ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab", "Content-Length"},
      {ok + "Content-Length: 2, 2\r\n\r\nab", "Content-Length"},
      {ok + "Content-Length: +2\r\n\r\nab", "Content-Length"},
      {ok + "Content-Length: 0x2\r\n\r\nab", "Content-Length"},
      {ok + "Content-Length: -2\r\n\r\nab", "Content-Length"},
      {ok + "Content-Length: 2 2\r\n\r\nab", "Content-Length"},
      {ok + "Content-Length: \r\n\r\nab", "Content-Length"},
      {ok + "Content-Length: 18446744073709551616\r\n\r\nab", "Content-Length"},
      {ok + "Content-Length: 18446744073709551615\r\n\r\nab", "Content-Length"},
      {ok + "Transfer-Encoding: gzip\r\n\r\nab", "Transfer-Encoding"},
      {ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding"},
      {ok + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding"},
      {ok + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding"},
      {ok + "Transfer-Encoding: \r\n\r\nab", "Transfer-Encoding"},
      {ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "twice"},
      {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding"},
      {ok + "X: a\r\n b\r\n\r\n", "folded"},
      {ok + "X: a\r\n\tb\r\n\r\n", "folded"},
      {ok + " X: a\r\n\r\n", "folded"},
      {ok + "X : a\r\n\r\n", "framed wrongly"},
      {ok + "X\r\n\r\n", "framed wrongly"},
      {ok + ": a\r\n\r\n", "without a name"},
      {ok + "X: a\n\r\n", "bare LF"},
      {ok + "X: a\rb\r\n\r\n", "bare CR"},
      {ok + "X: a\r\r\n\r\n", "bare CR"},
      {"HTTP/1.1 200 OK\n\n", "bare LF"},
      {ok + "X: a\0b\r\n\r\n"s, "control byte"},
      {ok + "X: a\x01\r\n\r\n", "control byte"},
      {ok + "X: a\x7F\r\n\r\n", "control byte"},
      {many + "\r\n", "more than 100 headers"},
      {ok + "X: " + std::string(64 << 10, 'a') + "\r\n\r\n", "32 KiB"},
      {ok + "Content-Length: 5\r\n\r\nhell", "ended after 4 of 5 bytes of its body"},
      {chunked + "3\r\nabc\r\n", "ended after 3 bytes of its body"},
      {chunked + "3\r\nabc\r\n0\r\n", "ended after 3 bytes of its body"},
      {chunked + "5\r\nab", "ended after 2 bytes of its body"},
      {chunked + "x\r\n", "framed wrongly"},
      {chunked + "\r\n", "framed wrongly"},
      {chunked + "-1\r\n", "framed wrongly"},
      {chunked + "0x1\r\na\r\n0\r\n\r\n", "framed wrongly"},
      {chunked + "1\r\nab\r\n0\r\n\r\n", "framed wrongly"},
      {chunked + "1\na\r\n0\r\n\r\n", "framed wrongly"},
      {chunked + "1\r\na\n0\r\n\r\n", "framed wrongly"},
      {chunked + "1\rxa\r\n0\r\n\r\n", "framed wrongly"},
      {chunked + "1\r\na\rx0\r\n\r\n", "framed wrongly"},
      {chunked + "FFFFFFFFFFFFFFFFF\r\na", "framed wrongly"},
      {chunked + "1;" + std::string(257, 'x') + "\r\na\r\n0\r\n\r\n", "extension"},
      // Legal, but not to llhttp (README.md).
      {chunked + "1;a=\"\\\"\"\r\na\r\n0\r\n\r\n", "framed wrongly"},
      {chunked + "1;a=b;c=d\r\na\r\n0\r\n\r\n", "framed wrongly"},
      {chunked + "1 ; a = b\r\na\r\n0\r\n\r\n", "framed wrongly"},
      {chunked + "0\r\nX: a\n\r\n", "bare LF"},
      {chunked + "0\r\nX: a\r\n b\r\n\r\n", "folded"},
      {chunked + "0\r\nX: " + std::string(64 << 10, 'a') + "\r\n\r\n", "32 KiB"},
  };
}

TEST(ResponseParser, RefusesWhatTwoParsersMayReadDifferently) {
  for (const Bad& bad : bad_answers()) {
    EXPECT_THAT(parse(bad.bytes).error, HasSubstr(bad.error)) << bad.bytes.substr(0, 200);
  }
}

TEST(ResponseParser, GivesTheSameHoweverTheBytesAreCut) {
  for (const Good& good : good_answers()) {
    const Parsed whole = parse(good.bytes);
    for (std::size_t piece = 1; piece < good.bytes.size(); ++piece) {
      EXPECT_EQ(parse(good.bytes, piece), whole) << piece << " " << good.bytes;
    }
  }
  for (const Bad& bad : bad_answers()) {
    EXPECT_THAT(parse(bad.bytes, 1).error, HasSubstr(bad.error)) << bad.bytes.substr(0, 200);
  }
}

TEST(ResponseParser, GivesWhatCameBeforeAFault) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const Parsed parsed = parse(chunked + "2\r\nab\r\n1\r\nc\r\nz\r\n");
  EXPECT_EQ(parsed.body, "abc");
  EXPECT_THAT(parsed.error, HasSubstr("chunk size"));
}

TEST(ResponseParser, LeavesOutTheBodyOfAnAnswerToHead) {
  const Parsed parsed = parse("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", 0, true);
  EXPECT_EQ(parsed.error, "");
  EXPECT_TRUE(parsed.reusable);
  EXPECT_TRUE(parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 1, true).reusable);
}

TEST(ResponseParser, KeepsHeadersInOrderWithoutTheirBlanks) {
  const Parsed parsed =
      parse("HTTP/1.1 200 OK\r\nB:  x y \t\r\na:\r\nb: \xC3\xA4\r\nContent-Length: 0\r\n\r\n", 1);
  EXPECT_THAT(parsed.headers,
              testing::ElementsAre(Header{"B", "x y"},
                                   Header{"a", ""},
                                   Header{"b", "\xC3\xA4"},
                                   Header{"Content-Length", "0"}));
}

}  // namespace
}  // namespace wend::net
