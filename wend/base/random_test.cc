// SPDX-License-Identifier: Apache-2.0
#include "wend/base/random.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace wend::base {
namespace {

TEST(Random, GivesTheDrawsOfTheReferenceSplitMix64) {
  Random random(1234567);  // The first draws of Vigna's splitmix64.c from this seed.
  EXPECT_EQ(random.next(), 6457827717110365317ULL);
  EXPECT_EQ(random.next(), 3203168211198807973ULL);
  EXPECT_EQ(random.next(), 9817491932198370423ULL);
}

TEST(Random, StaysInTheHalfOpenIntervals) {
  Random random(1);
  std::array<int, 3> seen{};
  for (int i = 0; i < 3000; ++i) {
    const double uniform = random.uniform();
    ASSERT_GE(uniform, 0.0);
    ASSERT_LT(uniform, 1.0);
    const std::uint64_t below = random.below(3);
    ASSERT_LT(below, 3U);
    ++seen[below];
  }
  EXPECT_EQ(random.below(1), 0U);
  EXPECT_GT(*std::min_element(seen.begin(), seen.end()), 850);
}

TEST(Random, DrawsNormalsOfMeanZeroAndVarianceOne) {
  Random random(7);
  static constexpr int kDraws = 20000;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.normal();
    ASSERT_TRUE(std::isfinite(value));
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / kDraws, 0.0, 0.03);
  EXPECT_NEAR(squares / kDraws, 1.0, 0.05);
}

TEST(Random, ShufflesIntoAPermutationThatTheSeedDecides) {
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  std::vector<int> again = items;
  const std::vector<int> sorted = items;
  Random(5).shuffle(std::span<int>(items));
  Random(5).shuffle(std::span<int>(again));
  EXPECT_EQ(items, again);
  EXPECT_NE(items, sorted);
  std::sort(items.begin(), items.end());
  EXPECT_EQ(items, sorted);
  Random(5).shuffle(std::span<int>());
}

TEST(StageSeed, DiffersBetweenStagesAndSeeds) {
  const std::set<std::uint64_t> seeds = {
      stage_seed(1, "split"), stage_seed(2, "split"), stage_seed(1, "batches"), stage_seed(1, "")};
  EXPECT_EQ(seeds.size(), 4U);
  EXPECT_EQ(stage_seed(1, "split"), stage_seed(1, "split"));
}

}  // namespace
}  // namespace wend::base
