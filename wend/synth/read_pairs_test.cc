// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/read_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/synth/code_fence.h"

namespace wend::synth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<QaPair> read(const std::string& block) {
  const auto pairs = read_pairs(block);
  EXPECT_TRUE(pairs) << pairs.error();
  return pairs.value_or(std::vector<QaPair>());
}

std::string why_not(const std::string& block) {
  const auto pairs = read_pairs(block);
  return pairs ? "" : pairs.error();
}

TEST(ReadPairs, CodeInAnAnswerIsText) {
  const std::string code =
      "Write:\nclass Box:\n    q: deque = deque()\n    a: int = 0\nq: int\nA = 1";
  EXPECT_THAT(read("Q: How?\nA: " + code + "\n\nQ: Why?\nA: So."),
              ElementsAre(QaPair{"How?", code + "\n"}, QaPair{"Why?", "So."}));
}

TEST(ReadPairs, ListsInAnAnswerAreText) {
  const std::string list = "Three:\n- A: red\n- B: blue\n1. Q: green\n  Q: grey\n> A: black";
  EXPECT_THAT(read("Q: Which?\nA: " + list), ElementsAre(QaPair{"Which?", list}));
  EXPECT_THAT(read("Q: Which?\n- A: red\n- B: blue\nA: red"),
              ElementsAre(QaPair{"Which?\n- A: red\n- B: blue", "red"}));
}

TEST(ReadPairs, ADialogueInAnAnswerIsTextWhereItIsFencedOrQuoted) {
  const std::string fenced = "```\nQ: How old are you?\nA: I am nine.\n```";
  EXPECT_THAT(read("Q: Show one.\nA: " + fenced + "\n\nQ: Why?\nA: So."),
              ElementsAre(QaPair{"Show one.", fenced + "\n"}, QaPair{"Why?", "So."}));
  EXPECT_THAT(read("Q: Show one.\nA: Like this:\n~~~ text\nQ: Old?\nA: No.\n~~~"), SizeIs(1));
  EXPECT_THAT(read("Q: Show one.\nA: Like this:\n> Q: Old?\n> A: No."), SizeIs(1));
}

TEST(ReadPairs, RefusesADialogueThatStandsFree) {
  // Nobody can tell it from a pair of its own but by how the pairs are set off.
  const std::string split = "Q: Show one.\nA: Like this:\nQ: How old are you?\nA: I am nine.\n\n";
  EXPECT_THAT(why_not(split + "Q: Why?\nA: So."), HasSubstr("question 3 does not begin as those"));
  EXPECT_THAT(why_not("Q: Why?\nA: So.\n\n" + split), HasSubstr("question 3 does not begin"));
}

TEST(ReadPairs, RefusesAFenceWithoutItsEnd) {
  const std::string why = "code begins with ``` and does not end with it";
  EXPECT_EQ(why_not("Q: a\nA: ```\nx = 1\n\nQ: b\nA: c"), why);
  EXPECT_EQ(why_not("Q: a\nA: ```py\nx = 1\n\nQ: b\nA: ```py\ny = 1\n```"), why);
}

TEST(ReadPairs, AListsSignsStandBeforeEachQuestionOrBeforeNone) {
  EXPECT_THAT(read("1. Q: a\n   A: b\n\n2. **Q:** c\n   **A:** 1. d\n2. e"),
              ElementsAre(QaPair{"a", "b\n"}, QaPair{"c", "1. d\n2. e"}));
  EXPECT_THAT(read("- Q: a\n- A: b\n- Q: c\n- A: d"),
              ElementsAre(QaPair{"a", "b"}, QaPair{"c", "d"}));
  EXPECT_THAT(read("### Q: a\nA: b\n\n### Q: c\nA: d"), SizeIs(2));
  EXPECT_THAT(why_not("1. Q: a\nA: b\n\nQ: c\nA: d"), HasSubstr("question 2 does not begin"));
  EXPECT_THAT(why_not("Q: a\nA: b\n\n2. Q: c\nA: d"), HasSubstr("two lines of pair 1"));
}

TEST(ReadPairs, StarsMayStandAroundEitherLetter) {
  EXPECT_THAT(read("**Q:** a\n**A:** b\n**Q**: c\n**A**: **d**\n**Q: e**\n**A: f**"),
              ElementsAre(QaPair{"a", "b"}, QaPair{"c", "**d**"}, QaPair{"e", "f"}));
}

TEST(CodeFence, EndsAsItBegan) {
  CodeFence fence;
  const auto after = [&](std::string_view line) {
    fence.take(line);
    return fence.is_open();
  };
  EXPECT_FALSE(after("```x = 1```"));
  EXPECT_FALSE(after("``"));
  EXPECT_TRUE(after("  ````md"));
  EXPECT_TRUE(after("```"));
  EXPECT_TRUE(after("~~~~"));
  EXPECT_TRUE(after("```` or so"));
  EXPECT_TRUE(fence.is_nested());
  EXPECT_FALSE(after("`````"));
}

}  // namespace
}  // namespace wend::synth
