// SPDX-License-Identifier: Apache-2.0
#include "wend/data/split.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Recomputed in Python:
//   int.from_bytes(hashlib.sha256(str(seed).encode() + b"\0" + text.encode()).digest()[:8], "big")
//   / 2**64
TEST(SplitFraction, EqualsAnIndependentRecomputation) {
  EXPECT_EQ(split_fraction(1, ""), 0x1.cf3c831c90c47p-1);
  EXPECT_EQ(split_fraction(1, "What is 7 + 5?"), 0x1.84a6e1f41715bp-2);
  EXPECT_EQ(split_fraction(2, "What is 7 + 5?"), 0x1.60db94df08202p-3);
  EXPECT_EQ(split_fraction(18446744073709551615ULL, "caf\u00e9 \u4e2d\u6587"),
            0x1.642ea77a80ee6p-1);
  EXPECT_EQ(split_fraction(0, std::string(1000, 'a')), 0x1.574d3ba2d2e97p-1);
  EXPECT_EQ(split_fraction(3, "a b c"), 0x1.da5b6a35ef483p-1);
}

TEST(ParseSplit, ReadsSharesThatSumToAnything) {
  const SplitShares shares = *parse_split("5:1:4");
  EXPECT_DOUBLE_EQ(shares.train, 0.5);
  EXPECT_DOUBLE_EQ(shares.validation, 0.1);
  EXPECT_DOUBLE_EQ(shares.test, 0.4);
  EXPECT_DOUBLE_EQ(parse_split("0.7:0.1:0.2")->train, 0.7);
}

TEST(ParseSplit, TakesValidationAsATenthOfTrainFromTwoParts) {
  const SplitShares shares = *parse_split("6:4");
  EXPECT_DOUBLE_EQ(shares.train, 0.54);
  EXPECT_DOUBLE_EQ(shares.validation, 0.06);
  EXPECT_DOUBLE_EQ(shares.test, 0.4);
}

TEST(ParseSplit, RefusesWhatIsNoSplit) {
  EXPECT_THAT(parse_split("0.7").error().message, HasSubstr("found 1 part"));
  EXPECT_THAT(parse_split("1:2:3:4").error().message, HasSubstr("found 4 parts"));
  EXPECT_THAT(parse_split("7:x:2").error().message, HasSubstr("'x' is no share"));
  EXPECT_THAT(parse_split("7:0:3").error().message, HasSubstr("must both be above 0"));
  for (const char* text : {"",
                           ":",
                           "::",
                           "1:",
                           "0:0:0",
                           "-1:1:1",
                           "nan:1:1",
                           "inf:1:1",
                           "1e308:1e308:1e308",
                           "0:1",
                           "1 : 2"}) {
    EXPECT_FALSE(parse_split(text)) << text;
  }
}

TEST(SplitRows, KeepsEqualTextsTogetherAndForgetsTheirOrder) {
  std::vector<std::string> texts;
  for (int i = 0; i < 3000; ++i) {
    texts.push_back(fmt::format("question {}", i % 1000));
  }
  const Split split = split_rows(texts, {}, 7);
  EXPECT_EQ(split.train.size() + split.validation.size() + split.test.size(), texts.size());
  EXPECT_NEAR(static_cast<double>(split.train.size()) / 3000, 0.7, 0.05);
  EXPECT_NEAR(static_cast<double>(split.validation.size()) / 3000, 0.1, 0.03);
  const auto in_part = [&](const std::vector<std::uint32_t>& part, std::uint32_t row) {
    return std::binary_search(part.begin(), part.end(), row);
  };
  for (std::uint32_t row = 0; row < 1000; ++row) {
    EXPECT_EQ(in_part(split.train, row), in_part(split.train, row + 2000));
    EXPECT_EQ(in_part(split.test, row), in_part(split.test, row + 1000));
  }
  std::reverse(texts.begin(), texts.end());
  EXPECT_EQ(split_rows(texts, {}, 7).train.size(), split.train.size());
  EXPECT_NE(split_rows(texts, {}, 8).train, split_rows(texts, {}, 7).train);
}

TEST(WithoutDuplicates, KeepsTheFirstRowOfEachText) {
  EXPECT_THAT(without_duplicates({0, 2, 3, 4}, {"a", "b", "c", "a", "c"}), ElementsAre(0U, 2U));
  EXPECT_TRUE(without_duplicates({}, {"a"}).empty());
}

}  // namespace
}  // namespace wend::data
