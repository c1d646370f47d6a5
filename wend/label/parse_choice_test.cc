// SPDX-License-Identifier: Apache-2.0
#include "wend/label/parse_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::label {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

/// Names that hold what a careless parser splits at.
const std::vector<ChoiceOption> kOptions = {{"Algebra", "finding unknowns"},
                                            {"Dr. No: spies, and others", ""},
                                            {"Sorting, searching", "order: of things"},
                                            {"A good question", ""},
                                            {"none of these", ""}};

std::optional<std::size_t> one(std::string_view reply) {
  const auto choices = parse_choice(reply, kOptions, 1);
  return choices ? std::optional(choices->front().option) : std::nullopt;
}

TEST(ParseChoice, TakesALabelThatStandsAlone) {
  for (const char* reply : {"B",
                            "b",
                            " (B) ",
                            "B.",
                            "**B**",
                            "[B]",
                            "`B`",
                            "Answer: B",
                            "The answer is B.",
                            "option B",
                            "Label B.",
                            "<think>A or C?</think>B",
                            "\\boxed{B}"}) {
    EXPECT_EQ(one(reply), 1U) << reply;
  }
}

TEST(ParseChoice, TakesALabelBeforeItsOwnOptionOrThatOptionAlone) {
  EXPECT_EQ(one("A. Algebra"), 0U);
  EXPECT_EQ(one("A: algebra"), 0U);
  EXPECT_EQ(one("A. Algebra: finding unknowns"), 0U);
  EXPECT_EQ(one("B. Dr. No: spies, and others"), 1U);
  EXPECT_EQ(one("Dr. No: spies, and others"), 1U);
  EXPECT_EQ(one("C. Sorting, searching: order: of things"), 2U);
  EXPECT_EQ(one("sorting, searching"), 2U);
  EXPECT_EQ(one("A good question"), 3U);
  EXPECT_EQ(one("None of these."), 4U);
}

TEST(ParseChoice, TakesNoLetterOutOfASentence) {
  for (const char* reply : {"",
                            "T",
                            "The kind is clear",
                            "A fine request",
                            "I think it is B or C",
                            "A. Geometry",
                            "B. Algebra",
                            "A, B",
                            "Bad",
                            "AB",
                            "B2",
                            "2",
                            "<think>B",
                            "Neither"}) {
    EXPECT_FALSE(one(reply)) << reply;
  }
}

TEST(ParseChoice, TakesNoNameThatTwoOptionsHave) {
  const std::vector<ChoiceOption> options = {
      {"easy", "one step"}, {"easy", "one fact"}, {"hard", ""}};
  EXPECT_FALSE(parse_choice("easy", options, 1));
  EXPECT_EQ(parse_choice("B. easy", options, 1)->front().option, 1U);
  EXPECT_EQ(parse_choice("easy: one fact", options, 1)->front().option, 1U);
}

TEST(ParseChoice, WeighsSeveral) {
  const auto shares = parse_choice("A: 30%\nC: 70%", kOptions, 3);
  ASSERT_TRUE(shares);
  ASSERT_THAT(*shares, SizeIs(2));
  EXPECT_EQ((*shares)[0].option, 2U);
  EXPECT_DOUBLE_EQ((*shares)[0].weight, 0.7);
  for (const char* reply :
       {"A 0.5, C 0.5", "A; C", "A, C", "(A)\n(C)", "A. Algebra\nC. Sorting, searching"}) {
    const auto even = parse_choice(reply, kOptions, 2);
    ASSERT_TRUE(even) << reply;
    ASSERT_THAT(*even, SizeIs(2)) << reply;
    EXPECT_DOUBLE_EQ(even->front().weight, 0.5) << reply;
  }
  EXPECT_THAT(*parse_choice("A: 100, C: 0", kOptions, 2), SizeIs(1));
}

TEST(ParseChoice, TakesNothingOfSeveralThatContradict) {
  for (const char* reply : {"A, B, C, D",
                            "A, A",
                            "A: 50\nC",
                            "A: 0, C: 0",
                            "A: 150, C: 1",
                            "A: -5, C: 1",
                            "A and then some, C"}) {
    EXPECT_FALSE(parse_choice(reply, kOptions, 3)) << reply;
  }
}

TEST(ParseChoice, CountsBeyondTheLetters) {
  std::vector<ChoiceOption> many;
  for (int i = 0; i < 30; ++i) {
    many.push_back(
        {"kind " + std::string(1, static_cast<char>('a' + i % 26)) + (i < 26 ? "" : "x"), ""});
  }
  EXPECT_THAT(options_text(many), HasSubstr("\n27. kind ax"));
  EXPECT_EQ(parse_choice("27", many, 1)->front().option, 26U);
  EXPECT_EQ(parse_choice("27. kind ax", many, 1)->front().option, 26U);
  EXPECT_EQ(parse_choice("2: 70, 30: 30", many, 2)->front().option, 1U);
  for (const char* reply : {"31", "0", "027", "2 7", "27b", "A"}) {
    EXPECT_FALSE(parse_choice(reply, many, 1)) << reply;
  }
}

}  // namespace
}  // namespace wend::label
