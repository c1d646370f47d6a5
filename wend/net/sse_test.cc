// SPDX-License-Identifier: Apache-2.0
#include "wend/net/sse.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::net {
namespace {

using testing::ElementsAre;

using Events = std::vector<std::string>;

/// "type|data" of each event, the bytes fed in pieces of one size (0: whole).
Events events_of(std::string_view bytes, std::size_t piece = 0, std::size_t limit = 1 << 20) {
  SseParser parser(limit);
  Events events;
  const auto sink = [&](const SseParser::Event& event) {
    events.push_back(std::string(event.type) + "|" + std::string(event.data));
  };
  for (std::size_t at = 0; at < bytes.size(); at += piece == 0 ? bytes.size() : piece) {
    parser.feed(bytes.substr(at, piece == 0 ? bytes.size() : piece), sink);
  }
  parser.finish(sink);
  if (parser.oversized() > 0) {
    events.push_back("oversized " + std::to_string(parser.oversized()));
  }
  return events;
}

TEST(SseParser, GivesEventsOfAllLineEnds) {
  EXPECT_THAT(events_of("data: a\n\ndata: b\r\n\r\ndata: c\r\rdata: d\n\r\n"),
              ElementsAre("|a", "|b", "|c", "|d"));
}

TEST(SseParser, JoinsDataLinesAndTakesTheLastType) {
  EXPECT_THAT(events_of("event: x\nevent: y\ndata: a\ndata\ndata:b\ndata:  c\n\ndata: d\n\n"),
              ElementsAre("y|a\n\nb\n c", "|d"));
}

TEST(SseParser, GivesAnEventOfEmptyData) {
  EXPECT_THAT(events_of("data\n\ndata:\n\n\n\nevent: only\n\n"), ElementsAre("|", "|"));
}

TEST(SseParser, LeavesOutCommentsIdsAndUnknownFields) {
  EXPECT_THAT(events_of(": ping\n\nid: 1\nretry: 5\nData: no\n data: no\nx\n\ndata: a\n: c\n\n"),
              ElementsAre("|a"));
}

TEST(SseParser, SkipsOneByteOrderMarkAtTheBeginning) {
  EXPECT_THAT(events_of("\xEF\xBB\xBF"
                        "data: a\n\n\xEF\xBB\xBF"
                        "data: b\n\n"),
              ElementsAre("|a"));
  EXPECT_THAT(events_of("\xEF\xBB\xBF\xEF\xBB\xBF"
                        "data: a\n\n"),
              ElementsAre());
}

TEST(SseParser, GivesTheLastEventWithoutItsBlankLine) {
  EXPECT_THAT(events_of("data: a\n\ndata: [DONE]"), ElementsAre("|a", "|[DONE]"));
  EXPECT_THAT(events_of("data: a\r"), ElementsAre("|a"));
  EXPECT_THAT(events_of(""), ElementsAre());
}

TEST(SseParser, GivesAnEventWithTheCrThatEndsIt) {
  SseParser parser;
  int events = 0;
  const auto count = [&](const SseParser::Event&) { ++events; };
  parser.feed("data: a\r\n\r", count);
  EXPECT_EQ(events, 1);
  parser.feed("\ndata: b\n\n", count);
  EXPECT_EQ(events, 2);
}

TEST(SseParser, LeavesOutAndCountsWhatIsTooLong) {
  // Ten bytes of line are the most.
  EXPECT_THAT(events_of("data: 1234\n\n", 0, 10), ElementsAre("|1234"));
  EXPECT_THAT(events_of("data: 12345\n\ndata: b\n\n", 0, 10), ElementsAre("|b", "oversized 1"));
  EXPECT_THAT(events_of("data:12345\ndata:1234\n\ndata:12345\ndata:12345\n\n", 0, 10),
              ElementsAre("|12345\n1234", "oversized 1"));
  EXPECT_THAT(events_of("data: 12345\ndata: 1\n\ndata: b\n\ndata: 12345", 0, 10),
              ElementsAre("|b", "oversized 2"));
}

TEST(SseParser, CountsTheByteOrderMarkHoweverItIsCut) {
  const std::string bytes =
      "\xEF\xBB\xBF"
      "data: 12\n\n";
  for (const std::size_t piece : {0, 1, 4}) {
    EXPECT_THAT(events_of(bytes, piece, 10), ElementsAre("oversized 1"));
    EXPECT_THAT(events_of(bytes, piece, 11), ElementsAre("|12"));
  }
}

TEST(SseParser, GivesTheSameHoweverTheBytesAreCut) {
  const std::string bytes =
      "\xEF\xBB\xBF"
      "data: a\r\n\r\n: ping\n\nevent: error\r\rdata: b\r\ndata: c\n\r\n"
      "data: 0123456789012345678901234567890123456789\n\ndata: d\n\nid\n\ndata: e";
  const Events whole = events_of(bytes, 0, 30);
  EXPECT_THAT(whole, ElementsAre("|a", "|b\nc", "|d", "|e", "oversized 1"));
  for (std::size_t piece = 1; piece < bytes.size(); ++piece) {
    EXPECT_EQ(events_of(bytes, piece, 30), whole) << piece;
  }
}

}  // namespace
}  // namespace wend::net
