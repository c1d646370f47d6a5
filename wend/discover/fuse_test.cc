// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/fuse.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/discover/candidate_sets.h"

namespace wend::discover {
namespace {

using testing::ElementsAre;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

base::Matrix rows_of(const std::vector<std::vector<float>>& rows) {
  base::Matrix matrix(rows.size(), rows.front().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::copy(rows[i].begin(), rows[i].end(), matrix.row(i).begin());
  }
  return matrix;
}

FusedRanking fused(const base::Matrix& qualities, const std::vector<std::uint32_t>& members) {
  return fuse_rankings(Rankings(qualities), members, mean_qualities(qualities, members));
}

TEST(FuseRankings, GivesTheKnownScores) {
  // abc, bac, acb.
  const FusedRanking result = fused(rows_of({{3, 2, 1}, {2, 3, 1}, {3, 1, 2}}), {0, 1, 2});
  EXPECT_NEAR(result.score[0], 0.04891592, 1e-8);
  EXPECT_NEAR(result.score[1], 0.04839549, 1e-8);
  EXPECT_NEAR(result.score[2], 0.04787506, 1e-8);
  EXPECT_THAT(result.order, ElementsAre(0, 1, 2));
}

TEST(FuseRankings, LetsWhoTiesShareTheMeanRank) {
  const FusedRanking result = fused(rows_of({{1, 1, 0, 1}}), {0});
  EXPECT_EQ(result.score[0], 1.0 / 62);
  EXPECT_EQ(result.score[3], 1.0 / 62);
  EXPECT_EQ(result.score[2], 1.0 / 64);
}

TEST(FuseRankings, BreaksTiesByMeanQualityThenByIndex) {
  // Ranks of 0 and 1 are the same two ways round; 1 is ahead by more.
  EXPECT_THAT(fused(rows_of({{0.6F, 0.5F, 0}, {0.1F, 0.9F, 0}}), {0, 1}).order,
              ElementsAre(1, 0, 2));
  EXPECT_THAT(fused(rows_of({{1, 0.5F, 1}, {0.5F, 1, 1}}), {0, 1}).order, ElementsAre(2, 0, 1));
}

TEST(FuseRankings, ScoresAModelOnlyWhereItIsListed) {
  const FusedRanking result = fused(rows_of({{1, kMissing}, {0.5F, kMissing}}), {0, 1});
  EXPECT_EQ(result.score[1], 0);
  EXPECT_THAT(result.order, ElementsAre(0, 1));
}

TEST(FuseRankings, RanksNobodyWhoWasNotAsked) {
  const base::Matrix qualities =
      rows_of({{kMissing, 0.2F, kMissing, 0.9F}, {kMissing, 0.4F, 0, 0.5F}, {1, 1, 1, 1}});
  const std::vector<std::uint32_t> members = {0, 1};
  const std::vector<double> means = mean_qualities(qualities, members);
  const FusedRanking fused = fuse_rankings(Rankings(qualities), members, means);
  base::Matrix of_fused(1, 4);
  std::ranges::copy(qualities_of(fused, means), of_fused.row(0).begin());
  const Rankings ranking(of_fused);
  EXPECT_THAT(ranking[0].order, ElementsAre(3, 1, 2));
}

TEST(Qualities, AreMeansAndMediansOfWhatIsKnown) {
  const base::Matrix qualities =
      rows_of({{0, kMissing, 1}, {1, kMissing, 0}, {1, kMissing, kMissing}, {9, 9, 9}});
  const std::vector<std::uint32_t> members = {0, 1, 2};
  const std::vector<double> means = mean_qualities(qualities, members);
  EXPECT_NEAR(means[0], 2.0 / 3, 1e-12);
  EXPECT_TRUE(std::isnan(means[1]));
  EXPECT_EQ(means[2], 0.5);
  const std::vector<double> medians = median_qualities(qualities, members);
  EXPECT_EQ(medians[0], 1);
  EXPECT_TRUE(std::isnan(medians[1]));
}

TEST(MedianRow, IsElementByElement) {
  base::Matrix rows(5, 40);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (std::size_t j = 0; j < rows.columns(); ++j) {
      rows(i, j) = static_cast<float>((i * (j + 1)) % 5);
    }
  }
  std::vector<float> median(40);
  median_row(rows, std::vector<std::uint32_t>{0, 1, 2, 3, 4}, median);
  for (std::size_t j = 0; j < 40; ++j) {
    EXPECT_EQ(median[j], j % 5 == 4 ? 0 : 2) << j;
  }
  median_row(rows, std::vector<std::uint32_t>{1, 4}, median);
  EXPECT_EQ(median[0], 2.5F);
}

TEST(CandidateSet, GrowsUntilMoreThanDeltaIsCovered) {
  // Model 0 is best of six, 1 of two, 2 of two.
  std::vector<std::vector<float>> rows(6, {3, 2, 1});
  rows.insert(rows.end(), 2, {2, 3, 1});
  rows.insert(rows.end(), 2, {2, 1, 3});
  const base::Matrix qualities = rows_of(rows);
  const std::vector<std::uint32_t> members = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const Rankings rankings(qualities);
  const FusedRanking ranking = fused(qualities, members);
  ASSERT_THAT(ranking.order, ElementsAre(0, 1, 2));
  EXPECT_THAT(candidate_set(rankings, members, ranking, 0.5).models, ElementsAre(0));
  EXPECT_THAT(candidate_set(rankings, members, ranking, 0.79).models, ElementsAre(0, 1));
  const CandidateSet all = candidate_set(rankings, members, ranking, 0.8);
  EXPECT_THAT(all.models, ElementsAre(0, 1, 2));
  EXPECT_EQ(all.coverage, 1);
}

TEST(CandidateSet, CountsAnyOfTheBestAndNoneWithoutAnOutcome) {
  const base::Matrix qualities =
      rows_of({{1, 1, 1}, {1, 1, 0}, {kMissing, kMissing, kMissing}, {1, 0, 0}});
  const std::vector<std::uint32_t> members = {0, 1, 2, 3};
  const CandidateSet set =
      candidate_set(Rankings(qualities), members, fused(qualities, members), 0.8);
  EXPECT_THAT(set.models, ElementsAre(0));
  EXPECT_EQ(set.coverage, 1);
  const std::vector<std::uint32_t> unknown = {2};
  EXPECT_EQ(
      candidate_set(Rankings(qualities), unknown, fused(qualities, unknown), 0.8).models.size(),
      1U);
}

}  // namespace
}  // namespace wend::discover
