// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/rank_overlap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "wend/base/random.h"

namespace wend::discover {
namespace {

using Groups = std::vector<std::vector<std::size_t>>;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

/// Every list a row; a model that stands in no group is missing.
Rankings rankings_of(const std::vector<Groups>& lists, std::size_t models) {
  base::Matrix qualities(lists.size(), models, kMissing);
  for (std::size_t row = 0; row < lists.size(); ++row) {
    for (std::size_t group = 0; group < lists[row].size(); ++group) {
      for (const std::size_t model : lists[row][group]) {
        qualities(row, model) = -static_cast<float>(group);
      }
    }
  }
  return Rankings(qualities);
}

Groups strict(const std::vector<std::size_t>& order) {
  Groups groups;
  for (const std::size_t model : order) {
    groups.push_back({model});
  }
  return groups;
}

double rbo(const Groups& a, const Groups& b, std::size_t models, double p) {
  const Rankings rankings = rankings_of({a, b}, models);
  return RankOverlap(models, p)(rankings[0], rankings[1]);
}

std::vector<std::size_t> zero_to_ten() {
  std::vector<std::size_t> order(11);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

/// Numbers from 0 to 3 or missing, so that ties and uneven lists are common.
base::Matrix coarse_qualities(std::size_t rows, std::size_t models, std::uint64_t seed) {
  base::Matrix qualities(rows, models);
  base::Random random(seed);
  for (float& value : qualities.values()) {
    value = static_cast<float>(random.below(5));
    value = value == 4 ? kMissing : value;
  }
  return qualities;
}

/// The definition, term by term.
double plain_rbo(const RankingView& a, const RankingView& b, std::size_t models, double p) {
  const auto share = [](const RankingView& list, std::size_t model, std::size_t depth) {
    const double first = list.first[model];
    const double size = list.last[model] - first;
    return list.lists(model) ? std::clamp(static_cast<double>(depth) - first, 0.0, size) / size
                             : 0.0;
  };
  const auto shared = [&](std::size_t depth) {
    double sum = 0;
    for (std::size_t model = 0; model < models; ++model) {
      sum += share(a, model, depth) * share(b, model, depth);
    }
    return sum;
  };
  const std::size_t s = std::min(a.order.size(), b.order.size());
  const std::size_t l = std::max(a.order.size(), b.order.size());
  const double x_s = shared(s);
  double sum = 0;
  for (std::size_t d = 1; d <= l; ++d) {
    const double depth = static_cast<double>(d);
    sum += shared(d) / depth * std::pow(p, depth);
    if (d > s) {
      const double length = static_cast<double>(s);
      sum += x_s * (depth - length) / (length * depth) * std::pow(p, depth);
    }
  }
  const double end = (shared(l) - x_s) / static_cast<double>(l) + x_s / static_cast<double>(s);
  return (1 - p) / p * sum + end * std::pow(p, static_cast<double>(l));
}

TEST(RankOverlap, GivesTheKnownValuesOfStrictLists) {
  EXPECT_NEAR(rbo(strict({0, 1, 2, 3, 4}), strict({1, 2, 3, 0, 4}), 5, 0.9), 0.828, 5e-5);
  const std::vector<std::size_t> order = zero_to_ten();
  std::vector<std::size_t> first_two_swapped = order;
  std::swap(first_two_swapped[0], first_two_swapped[1]);
  std::vector<std::size_t> neighbours_swapped = order;
  for (std::size_t i = 0; i + 1 < order.size(); i += 2) {
    std::swap(neighbours_swapped[i], neighbours_swapped[i + 1]);
  }
  std::vector<std::size_t> rotated = order;
  std::rotate(rotated.begin(), rotated.begin() + 1, rotated.end());
  const std::vector<std::size_t> reversed(order.rbegin(), order.rend());

  const double p[] = {0.7, 0.8, 0.9};
  const double expected[][3] = {{0.7, 0.8, 0.9},
                                {0.629630, 0.729731, 0.847503},
                                {0.486203, 0.605281, 0.764584},
                                {0.091565, 0.217238, 0.479538},
                                {1, 1, 1}};
  const std::vector<std::size_t> lists[] = {
      first_two_swapped, neighbours_swapped, rotated, reversed, order};
  for (std::size_t list = 0; list < 5; ++list) {
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(rbo(strict(order), strict(lists[list]), 11, p[i]), expected[list][i], 1e-6)
          << list << " at p " << p[i];
    }
  }
}

TEST(RankOverlap, GivesTheKnownValuesOfTiedLists) {
  const Groups first_three = {{0, 1, 2}, {3, 4, 5, 6, 7, 8, 9, 10}};
  const Groups next_three = {{3, 4, 5}, {0, 1, 2, 6, 7, 8, 9, 10}};
  const Groups all = {zero_to_ten()};
  EXPECT_NEAR(rbo(first_three, first_three, 11, 0.9), 0.812292, 1e-6);
  EXPECT_NEAR(rbo(first_three, first_three, 11, 0.7), 0.650308, 1e-6);
  EXPECT_NEAR(rbo(first_three, next_three, 11, 0.9), 0.553127, 1e-6);
  EXPECT_NEAR(rbo(first_three, next_three, 11, 0.7), 0.164562, 1e-6);
  EXPECT_NEAR(rbo(all, all, 11, 0.9), 0.623809, 1e-6);
  EXPECT_NEAR(rbo(all, all, 11, 0.7), 0.297038, 1e-6);
}

TEST(RankOverlap, IsTheDefinitionOnTiedAndUnevenLists) {
  for (const std::size_t models : {1U, 2U, 7U, 11U, 100U}) {
    const Rankings rankings(coarse_qualities(60, models, models));
    const RankOverlap overlap(models, 0.85);
    for (std::size_t a = 0; a < rankings.size(); ++a) {
      for (std::size_t b = 0; b < rankings.size(); ++b) {
        if (rankings[a].order.empty() || rankings[b].order.empty()) {
          continue;
        }
        EXPECT_NEAR(overlap(rankings[a], rankings[b]),
                    plain_rbo(rankings[a], rankings[b], models, 0.85),
                    1e-12);
      }
    }
  }
}

TEST(RankOverlap, IsTheMeanOverAllWaysToBreakTies) {
  const Groups tied = {{0, 3}, {1, 2, 4}};
  const Groups other = {{4}, {0, 1}, {2, 3}};
  double sum = 0;
  double ways = 0;
  std::vector<std::size_t> a = {0, 3};
  do {
    std::vector<std::size_t> rest = {1, 2, 4};
    do {
      for (const auto& middle : {std::vector<std::size_t>{0, 1}, {1, 0}}) {
        for (const auto& end : {std::vector<std::size_t>{2, 3}, {3, 2}}) {
          sum += rbo(strict({a[0], a[1], rest[0], rest[1], rest[2]}),
                     strict({4, middle[0], middle[1], end[0], end[1]}),
                     5,
                     0.8);
          ++ways;
        }
      }
    } while (std::next_permutation(rest.begin(), rest.end()));
  } while (std::next_permutation(a.begin(), a.end()));
  EXPECT_EQ(ways, 48);
  EXPECT_NEAR(rbo(tied, other, 5, 0.8), sum / ways, 1e-12);
}

TEST(RankOverlap, IsSymmetricAndBetweenZeroAndOne) {
  const Rankings rankings(coarse_qualities(80, 9, 3));
  for (const double p : {0.01, 0.5, 0.99}) {
    const RankOverlap overlap(9, p);
    for (std::size_t a = 0; a < rankings.size(); ++a) {
      for (std::size_t b = 0; b <= a; ++b) {
        const double value = overlap(rankings[a], rankings[b]);
        EXPECT_NEAR(value, overlap(rankings[b], rankings[a]), 1e-12);
        EXPECT_GE(value, 0);
        EXPECT_LE(value, 1 + 1e-12);
      }
    }
  }
}

TEST(RankOverlap, FallsMoreTheNearerToTheTopTwoModelsChangePlaces) {
  const std::vector<std::size_t> order = zero_to_ten();
  double before = 0;
  for (std::size_t place = 0; place + 1 < order.size(); ++place) {
    std::vector<std::size_t> swapped = order;
    std::swap(swapped[place], swapped[place + 1]);
    const double value = rbo(strict(order), strict(swapped), 11, 0.8);
    EXPECT_GT(value, before) << place;
    before = value;
  }
  EXPECT_LT(before, 1);
}

TEST(RankOverlap, OfAPromptThatAllModelsAnswerAlikeIsTheChanceMean) {
  const RankOverlap overlap(11, 0.9);
  base::Matrix qualities = coarse_qualities(40, 11, 5);
  for (float& value : qualities.values()) {
    value = std::isnan(value) ? 4 : value;
  }
  std::ranges::fill(qualities.row(0), 1.0F);
  const Rankings rankings(qualities);
  for (std::size_t i = 0; i < rankings.size(); ++i) {
    EXPECT_NEAR(overlap(rankings[0], rankings[i]), overlap.chance(11, 11), 1e-12);
    EXPECT_NEAR(overlap.corrected(rankings[0], rankings[i]), 0, 1e-12);
  }
  EXPECT_FALSE(rankings[0].prefers());
}

TEST(RankOverlap, AveragesToTheChanceMeanOverRandomLists) {
  base::Random random(7);
  base::Matrix qualities(2'000, 6);
  for (std::size_t row = 0; row < qualities.rows(); ++row) {
    for (float& value : qualities.row(row)) {
      value = static_cast<float>(random.uniform());
    }
    if (row % 2 == 0) {  // Lists of four against lists of six.
      qualities(row, random.below(3)) = kMissing;
      qualities(row, 3 + random.below(3)) = kMissing;
    }
  }
  const Rankings rankings(qualities);
  const RankOverlap overlap(6, 0.7);
  double even = 0;
  double uneven = 0;
  constexpr int kDraws = 50'000;
  for (int i = 0; i < kDraws; ++i) {
    const std::size_t full = 2 * random.below(1'000) + 1;
    uneven += overlap(rankings[full], rankings[2 * random.below(1'000)]);
    even += overlap(rankings[full], rankings[(full + 2 * (1 + random.below(999))) % 2'000]);
  }
  EXPECT_NEAR(even / kDraws, 0.489, 5e-3);
  EXPECT_NEAR(even / kDraws, overlap.chance(6, 6), 5e-3);
  EXPECT_NEAR(uneven / kDraws, overlap.chance(4, 6), 5e-3);
}

TEST(RankOverlap, CorrectsEqualStrictListsToOneAndReversedOnesBelowZero) {
  const Rankings rankings = rankings_of({strict({0, 1, 2, 3}), strict({3, 2, 1, 0})}, 4);
  const RankOverlap overlap(4, 0.8);
  EXPECT_NEAR(overlap.corrected(rankings[0], rankings[0]), 1, 1e-12);
  EXPECT_LT(overlap.corrected(rankings[0], rankings[1]), 0);
}

TEST(RankOverlap, OfAnEmptyListIsChance) {
  const Rankings rankings = rankings_of({{}, strict({0, 1, 2})}, 3);
  const RankOverlap overlap(3, 0.8);
  EXPECT_EQ(overlap(rankings[0], rankings[1]), overlap.chance(3, 3));
  EXPECT_EQ(overlap.corrected(rankings[0], rankings[0]), 0);
}

TEST(RandomPairPercentile, IsThePublishedOneOfRandomPermutations) {
  base::Random random(1);
  base::Matrix qualities(5'000, 11);
  for (float& value : qualities.values()) {
    value = static_cast<float>(random.uniform());
  }
  const Rankings rankings(qualities);
  const auto raw = [&](double p) {
    const RankOverlap overlap(11, p);
    const double chance = overlap.chance(11, 11);
    return chance + (1 - chance) * random_pair_percentile(overlap, rankings, 0.9, {});
  };
  EXPECT_NEAR(raw(0.9), 0.733, 5e-3);
  EXPECT_NEAR(raw(0.7), 0.512, 1e-2);
  EXPECT_EQ(random_pair_percentile(RankOverlap(11, 0.8), rankings, 0.9, {1'000, 4}),
            random_pair_percentile(RankOverlap(11, 0.8), rankings, 0.9, {1'000, 4}));
}

TEST(RandomPairPercentile, LooksOnlyAtPromptsThatPrefer) {
  base::Matrix qualities(1'000, 3, 0.5F);
  const RankOverlap overlap(3, 0.8);
  EXPECT_EQ(random_pair_percentile(overlap, Rankings(qualities), 0.9, {}), 0);
  for (std::size_t row : {10U, 20U, 30U}) {
    qualities(row, 0) = 1;
    qualities(row, 1) = 0;
  }
  EXPECT_NEAR(random_pair_percentile(overlap, Rankings(qualities), 0.1, {}), 1, 1e-12);
}

}  // namespace
}  // namespace wend::discover
