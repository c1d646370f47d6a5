// SPDX-License-Identifier: Apache-2.0
#include "wend/text/routing_text.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/random.h"

namespace wend::text {
namespace {

using testing::ElementsAre;

// The digits are words of their own ids, so that ids tell the place of a piece.
const WordPiece& digits() {
  static const WordPiece kTokenizer =
      *WordPiece::from_vocabulary("0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n[UNK]\n[CLS]\n[SEP]\n[\nsep\n]\n");
  return kTokenizer;
}

constexpr std::int32_t kUnk = 10;
constexpr std::int32_t kCls = 11;
constexpr std::int32_t kSep = 12;

std::string counted(std::size_t words) {
  std::string text;
  for (std::size_t i = 0; i < words; ++i) {
    text += std::to_string(i % 10) + ' ';
  }
  return text;
}

TEST(RoutingText, JoinsContextAndPromptByABlankLine) {
  EXPECT_EQ(routing_text("some context", "a question"), "some context\n\na question");
  EXPECT_EQ(routing_text("", "a question"), "a question");
  EXPECT_EQ(routing_text("", ""), "");
}

TEST(RoutingIds, FramesWhatFits) {
  EXPECT_THAT(routing_ids(digits(), ""), ElementsAre(kCls, kSep));
  EXPECT_THAT(routing_ids(digits(), "3 4"), ElementsAre(kCls, 3, 4, kSep));
  EXPECT_EQ(routing_ids(digits(), counted(254)).size(), 256U);
}

TEST(RoutingIds, KeepsHeadAndTailOfWhatIsLonger) {
  const std::vector<std::int32_t> ids = routing_ids(digits(), counted(255));
  ASSERT_EQ(ids.size(), 256U);
  EXPECT_EQ(ids.front(), kCls);
  EXPECT_EQ(ids.back(), kSep);
  for (std::size_t i = 0; i < 127; ++i) {
    EXPECT_EQ(ids[1 + i], static_cast<std::int32_t>(i % 10));
    EXPECT_EQ(ids[128 + i], static_cast<std::int32_t>((128 + i) % 10));
  }
  EXPECT_THAT(routing_ids(digits(), counted(10), 4), ElementsAre(kCls, 0, 9, kSep));
  EXPECT_THAT(routing_ids(digits(), counted(10), 5), ElementsAre(kCls, 0, 1, 9, kSep));
}

TEST(RoutingIds, TreatsSpecialTokensAsText) {
  EXPECT_THAT(routing_ids(digits(), "[SEP]"), ElementsAre(kCls, 13, 14, 15, kSep));
  EXPECT_THAT(whole_ids(digits(), "[SEP]"), ElementsAre(kCls, 13, 14, 15, kSep));
}

TEST(CutRight, KeepsTheClosingIdAndSaysWhetherItCut) {
  std::vector<std::int32_t> ids = whole_ids(digits(), counted(10));
  EXPECT_FALSE(cut_right(ids, 0));
  EXPECT_FALSE(cut_right(ids, 12));
  EXPECT_EQ(ids.size(), 12U);
  EXPECT_TRUE(cut_right(ids, 5));
  EXPECT_THAT(ids, ElementsAre(kCls, 0, 1, 2, kSep));
  EXPECT_FALSE(cut_right(ids, 5));
  EXPECT_TRUE(cut_right(ids, 2));
  EXPECT_THAT(ids, ElementsAre(kCls, kSep));
  EXPECT_EQ(whole_ids(digits(), counted(1000)).size(), 1002U);
}

/// What routing_ids promises, told from the whole text.
std::vector<std::int32_t> head_and_tail_of_all(std::string_view text) {
  std::vector<std::int32_t> ids = whole_ids(digits(), text);
  if (ids.size() > 256) {
    ids.erase(ids.begin() + 128, ids.end() - 128);
  }
  return ids;
}

TEST(RoutingIds, OfAVeryLongTextAreThoseOfAllOfIt) {
  base::Random random(5);
  const std::vector<std::string> atoms = {"1",
                                          "23",
                                          "[SEP]",
                                          ".",
                                          "\n",
                                          "\t",
                                          "\xCC\x81",
                                          "\xE6\x9D\xB1",
                                          "\xFF",
                                          "x",
                                          "\xC2\xA0",
                                          "7"};
  for (const std::size_t blank_one_in : {2U, 40U, 3000U, 1000000U}) {
    std::string text;
    while (text.size() < 200'000) {
      text += atoms[random.below(atoms.size())];
      if (random.below(blank_one_in) == 0) {
        text += ' ';
      }
    }
    EXPECT_EQ(routing_ids(digits(), text), head_and_tail_of_all(text)) << blank_one_in;
  }
}

TEST(RoutingIds, OfALongTextWithFewPiecesAreThoseOfAllOfIt) {
  const std::string blanks(100'000, ' ');
  const std::string text = "1 " + blanks + "2 3" + blanks + " 4";
  EXPECT_EQ(routing_ids(digits(), text), head_and_tail_of_all(text));
  EXPECT_EQ(routing_ids(digits(), counted(200) + blanks),
            head_and_tail_of_all(counted(200) + blanks));
  EXPECT_EQ(routing_ids(digits(), blanks + counted(400)),
            head_and_tail_of_all(blanks + counted(400)));
}

TEST(RoutingIds, TakesHostileTexts) {
  const std::string long_text = counted(5'000'000);
  EXPECT_EQ(long_text.size(), 10'000'000U);
  EXPECT_EQ(routing_ids(digits(), long_text).size(), 256U);
  EXPECT_THAT(routing_ids(digits(), std::string(1 << 20U, '1')), ElementsAre(kCls, kUnk, kSep));
  EXPECT_THAT(routing_ids(digits(), "\xFF\xC3 1 \xF0\x9F"), ElementsAre(kCls, 1, kSep));
  EXPECT_THAT(routing_ids(digits(), std::string(10'000'000, '\x80')), ElementsAre(kCls, kSep));
}

}  // namespace
}  // namespace wend::text
