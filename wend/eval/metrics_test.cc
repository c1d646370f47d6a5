// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/metrics.h"

#include <cmath>

#include <gtest/gtest.h>

#include "wend/eval/scripted_world.h"

namespace wend::eval {
namespace {

TEST(PooledMeans, GiveTheVectorOfTheReference) {
  // algorithms.md 13: cost .0641 and quality .4260 of the paper's Table 3.
  const data::OutcomeTable table = scripted_table({{0.4260}}, {{0.0641}});
  const std::vector<Fold> folds = {scripted_fold({0})};
  const RouterRun run =
      scripted_run("model", Source::kRule, table, folds, [](auto...) { return 0; });
  const PooledMeans means = pooled_means(run.replays, 1);
  EXPECT_NEAR(means.preferences[0].utility, 0.0339, 5e-5);
  EXPECT_NEAR(means.preferences[1].utility, 0.18095, 5e-7);
  EXPECT_NEAR(means.preferences[2].utility, 0.3280, 5e-5);
  EXPECT_NEAR(means.utility_sum, 0.54285, 1e-7);  // Printed as .5429.
}

TEST(PooledMeans, WeighEveryPairOfQueryAndSeedTheSame) {
  const data::OutcomeTable table = scripted_table({{1.0}, {0.0}, {0.25}}, {{0.0}, {2.0}, {1.0}});
  const std::vector<Fold> folds = {scripted_fold({0, 1, 2}, 1), scripted_fold({1}, 2)};
  const RouterRun run =
      scripted_run("model", Source::kRule, table, folds, [](auto...) { return 0; });
  const PreferenceMeans means = pooled_means(run.replays, 1).preferences[1];
  EXPECT_DOUBLE_EQ(means.quality, 1.25 / 4);
  EXPECT_DOUBLE_EQ(means.cost, 5.0 / 4);
  EXPECT_DOUBLE_EQ(means.cost_currency, 5.0 / 4);
  EXPECT_EQ(means.counted, 4);
}

TEST(PooledMeans, LeaveMissingCellsOutAndCountThem) {
  const data::OutcomeTable table = scripted_table({{0.5, kMissing}, {kMissing, 1.0}, {1.0, 1.0}},
                                                  {{0.5, 0.0}, {0.0, 0.0}, {kMissing, 0.25}});
  const std::vector<Fold> folds = {scripted_fold({0, 1, 2})};
  const RouterRun run =
      scripted_run("model", Source::kRule, table, folds, [](auto...) { return 0; });
  const PreferenceMeans means = pooled_means(run.replays, 2).preferences[1];
  EXPECT_EQ(means.counted, 1);
  EXPECT_EQ(means.missing, 2);
  EXPECT_DOUBLE_EQ(means.quality, 0.5);
  EXPECT_DOUBLE_EQ(means.cost, 0.5);
  EXPECT_DOUBLE_EQ(means.utility, 0);
  EXPECT_EQ(means.modal_share, 1);
}

TEST(PooledMeans, AreUnknownNotZeroWhereNothingIsCounted) {
  const data::OutcomeTable table = scripted_table({{kMissing}}, {{0.0}});
  const std::vector<Fold> folds = {scripted_fold({0})};
  const RouterRun run =
      scripted_run("model", Source::kRule, table, folds, [](auto...) { return 0; });
  const PooledMeans means = pooled_means(run.replays, 1);
  EXPECT_TRUE(std::isnan(means.preferences[0].quality));
  EXPECT_TRUE(std::isnan(means.utility_sum));
}

TEST(PooledMeans, FindTheModalModelAndItsShare) {
  const std::vector<std::vector<double>> cells(5, {0.5, 0.5, 0.5});
  const data::OutcomeTable table = scripted_table(cells, cells);
  const std::vector<Fold> folds = {scripted_fold({0, 1, 2, 3, 4})};
  const RouterRun run = scripted_run(
      "model", Source::kRule, table, folds, [](std::size_t, std::uint32_t row, std::size_t p) {
        return p == 0 ? row % 2 : p == 1 ? (row < 2 ? 2 : row < 4 ? 1 : 0) : 2;
      });
  const PooledMeans means = pooled_means(run.replays, 3);
  EXPECT_EQ(means.preferences[0].modal_model, 0);
  EXPECT_DOUBLE_EQ(means.preferences[0].modal_share, 0.6);
  EXPECT_EQ(means.preferences[1].modal_model, 1);
  EXPECT_EQ(means.preferences[2].modal_share, 1);
}

TEST(RestrictedTo, KeepsTheReferencesChoicesOnTheOthersRows) {
  const std::vector<std::vector<double>> cells(4, {0.5, 0.5});
  const data::OutcomeTable table = scripted_table(cells, cells);
  const RouterRun all =
      scripted_run("best_static", Source::kRule, table, {scripted_fold({0, 1, 2, 3})}, [](auto...) {
        return 1;
      });
  const RouterRun some = scripted_run(
      "knn", Source::kInDomain, table, {scripted_fold({3, 1})}, [](auto...) { return 0; });
  const std::vector<Replay> restricted = restricted_to(all.replays, some.replays);
  ASSERT_EQ(restricted[0].choices.size(), 6);
  EXPECT_EQ(restricted[0].choices[0].row, 3);
  EXPECT_EQ(restricted[0].choices[5].row, 1);
  EXPECT_EQ(restricted[0].choices[5].preference, 2);
  EXPECT_EQ(restricted[0].choices[5].model, 1);
}

TEST(NormalisedGain, IsTheShareOfTheWayToTheOracle) {
  EXPECT_DOUBLE_EQ(*normalised_gain({0.6, 0.5, 0.9}), 0.25);
  EXPECT_DOUBLE_EQ(*normalised_gain({0.5, 0.5, 0.9}), 0);
  EXPECT_EQ(normalised_gain({0.5, 0.5, 0.5}), std::nullopt);
  EXPECT_EQ(normalised_gain({kMissing, 0.5, 0.9}), std::nullopt);
  EXPECT_EQ(normalised_gain({0.5, kMissing, 0.9}), std::nullopt);
}

}  // namespace
}  // namespace wend::eval
