// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/significance.h"

#include <cmath>

#include <gtest/gtest.h>

#include "wend/base/random.h"
#include "wend/base/statistics.h"
#include "wend/eval/scripted_world.h"

namespace wend::eval {
namespace {

/// The slow, obvious twin: draw a query, add its part.
std::vector<double> obvious_means(const QueryParts& column, const BootstrapPlan& plan) {
  std::vector<double> means;
  for (const std::uint64_t seed : resample_seeds(plan)) {
    base::Random random(seed);
    double sum = 0;
    double count = 0;
    for (std::size_t i = 0; i < column.sum.size(); ++i) {
      const std::uint64_t query = random.below(column.sum.size());
      sum += column.sum[query];
      count += column.count[query];
    }
    means.push_back(sum / count);
  }
  return means;
}

QueryParts random_parts(std::size_t queries, std::uint64_t seed, double missing_share) {
  base::Random random(seed);
  QueryParts parts;
  for (std::size_t q = 0; q < queries; ++q) {
    const double count =
        random.uniform() < missing_share ? 0 : 1 + static_cast<double>(random.below(3));
    parts.count.push_back(count);
    parts.sum.push_back(count * random.normal());
  }
  return parts;
}

TEST(ResampledMeans, EqualTheObviousTwin) {
  for (const std::size_t queries : {1, 2, 3, 7, 64, 501}) {
    std::vector<QueryParts> columns;
    for (std::uint64_t c = 0; c < 11; ++c) {
      columns.push_back(random_parts(queries, c, c % 2 == 0 ? 0.0 : 0.3));
    }
    const BootstrapPlan plan{queries, 37, 3};
    const base::BasicMatrix<double> means = resampled_means(columns, plan);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const std::vector<double> expected = obvious_means(columns[c], plan);
      for (std::size_t r = 0; r < plan.resamples; ++r) {
        if (std::isnan(expected[r])) {
          EXPECT_TRUE(std::isnan(means(c, r)));
        } else {
          EXPECT_NEAR(means(c, r), expected[r], 1e-12) << queries << " queries, column " << c;
        }
      }
    }
  }
}

TEST(ResampledMeans, AreTheSameBitsOnAnyNumberOfThreads) {
  const std::vector<QueryParts> columns = {random_parts(300, 1, 0.1), random_parts(300, 2, 0.1)};
  EXPECT_EQ(resampled_means(columns, {5, 200, 1}), resampled_means(columns, {5, 200, 4}));
  EXPECT_NE(resampled_means(columns, {5, 200, 1}), resampled_means(columns, {6, 200, 1}));
}

TEST(ResampledMeans, OfAColumnDoNotDependOnItsCompany) {
  const std::vector<QueryParts> alone = {random_parts(100, 3, 0)};
  const std::vector<QueryParts> company = {
      random_parts(100, 1, 0.2), random_parts(100, 2, 0), alone[0], alone[0]};
  const base::BasicMatrix<double> a = resampled_means(alone, {1, 50, 1});
  const base::BasicMatrix<double> b = resampled_means(company, {1, 50, 1});
  for (std::size_t r = 0; r < 50; ++r) {
    EXPECT_EQ(a(0, r), b(2, r));
    EXPECT_EQ(b(2, r), b(3, r));
  }
}

TEST(ResampledMeans, HaveNoSpreadWithOneQueryOrEqualOnes) {
  const QueryParts one{{3.0}, {4.0}};
  const QueryParts equal{std::vector<double>(50, 0.25), std::vector<double>(50, 1.0)};
  const base::BasicMatrix<double> of_one = resampled_means(std::vector{one}, {1, 20, 1});
  const base::BasicMatrix<double> of_equal = resampled_means(std::vector{equal}, {1, 20, 1});
  for (std::size_t r = 0; r < 20; ++r) {
    EXPECT_EQ(of_one(0, r), 0.75);
    EXPECT_EQ(of_equal(0, r), 0.25);
  }
}

TEST(ResampledMeans, AreNaNWhereAColumnCountsNothing) {
  const QueryParts nothing{{0.0, 0.0}, {0.0, 0.0}};
  EXPECT_TRUE(std::isnan(resampled_means(std::vector{nothing}, {1, 1, 1})(0, 0)));
  EXPECT_TRUE(resampled_means({}, {1, 1, 1}).empty());
}

TEST(ResampledMeans, SpreadAsTheoryHasIt) {
  base::Random random(9);
  QueryParts parts;
  for (int q = 0; q < 1000; ++q) {
    parts.sum.push_back(random.normal());
    parts.count.push_back(1);
  }
  const base::BasicMatrix<double> means = resampled_means(std::vector{parts}, {1, 4000, 0});
  const double spread = std::sqrt(base::variance(means.row(0)));
  const double expected = std::sqrt(base::variance(parts.sum) / 1000);
  EXPECT_NEAR(spread / expected, 1, 0.05);
}

TEST(UtilityParts, KeepAllSeedsOfAQueryTogether) {
  const data::OutcomeTable table =
      scripted_table({{1.0}, {0.5}, {kMissing}, {0.0}}, {{0.0}, {0.5}, {0.0}, {1.0}});
  const std::vector<Fold> folds = {scripted_fold({1, 2}, 1), scripted_fold({3, 1}, 2)};
  const RouterRun run =
      scripted_run("model", Source::kRule, table, folds, [](auto...) { return 0; });
  const std::vector<std::span<const Replay>> runs = {run.replays};
  const QueryPlaces places = query_places(runs, 4);
  EXPECT_EQ(places.queries, 3);
  const QueryParts parts = utility_parts(run.replays, 2, places);
  EXPECT_EQ(parts.count, (std::vector<double>{2, 0, 1}));
  EXPECT_NEAR(parts.sum[0], 2 * 0.3, 1e-12);
  EXPECT_EQ(parts.sum[1], 0);
  EXPECT_NEAR(parts.sum[2], -0.2, 1e-12);
}

}  // namespace
}  // namespace wend::eval
