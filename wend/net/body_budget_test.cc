// SPDX-License-Identifier: Apache-2.0
// The budget as the parsers of several connections share it.
#include "wend/net/body_budget.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "wend/net/request_parser.h"

namespace wend::net {
namespace {

using Phase = RequestParser::Phase;

constexpr std::size_t kBodyLimit = 1000;
constexpr const char* kChunkedHead =
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/// A request that says how long its body is, and as much of it as has come.
std::string sized(std::size_t size, std::size_t sent) {
  return fmt::format(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{}", size, std::string(sent, 'x'));
}

struct Connection {
  explicit Connection(BodyBudget& budget) : parser(HeadLimits{}, kBodyLimit, &budget) {}

  /// The status of the refusal; 0 where there is none.
  int feed(const std::string& bytes) {
    parser.feed(bytes);
    return parser.phase() == Phase::kRefused ? parser.refusal().status : 0;
  }

  RequestParser parser;
};

TEST(BodyBudget, HoldsABodyUntilItsConnectionBeginsTheNextRequest) {
  BodyBudget budget(100);
  Connection connection(budget);
  connection.feed(sized(60, 20));
  EXPECT_EQ(budget.held(), 20);
  connection.feed(std::string(40, 'x'));
  ASSERT_EQ(connection.parser.phase(), Phase::kDone);
  connection.parser.request().body = std::string();  // Who answers has taken it, and holds it.
  EXPECT_EQ(budget.held(), 60);
  connection.parser.start();
  EXPECT_EQ(budget.held(), 0);
}

TEST(BodyBudget, GetsBackWhatARefusedRequestHeld) {
  BodyBudget budget(100);
  Connection connection(budget);
  connection.feed(kChunkedHead);
  connection.feed("a\r\n0123456789\r\n");
  EXPECT_EQ(budget.held(), 10);
  EXPECT_EQ(connection.feed("zzz"), 400);
  EXPECT_EQ(budget.held(), 0);
  EXPECT_EQ(budget.refused(), 0);
}

TEST(BodyBudget, RefusesALengthForWhichThereIsNoRoomBeforeItsFirstByte) {
  BodyBudget budget(100);
  Connection first(budget);
  first.feed(sized(60, 60));
  EXPECT_EQ(Connection(budget).feed(sized(41, 0)), 503);
  EXPECT_EQ(budget.refused(), 1);
  EXPECT_EQ(Connection(budget).feed(sized(40, 40)), 0);
  EXPECT_EQ(Connection(budget).feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
  EXPECT_EQ(budget.held(), 60);
  EXPECT_EQ(budget.refused(), 1);
}

TEST(BodyBudget, RefusesTheBytesThatFindItTaken) {
  BodyBudget budget(100);
  Connection first(budget);
  Connection second(budget);
  EXPECT_EQ(first.feed(sized(60, 0)), 0);  // A claim holds nothing.
  EXPECT_EQ(second.feed(kChunkedHead), 0);
  EXPECT_EQ(second.feed(fmt::format("32\r\n{}\r\n", std::string(50, 'y'))), 0);
  EXPECT_EQ(first.feed(std::string(51, 'x')), 503);
  EXPECT_EQ(budget.refused(), 1);
  EXPECT_EQ(budget.held(), 50);
}

}  // namespace
}  // namespace wend::net
