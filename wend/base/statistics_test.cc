// SPDX-License-Identifier: Apache-2.0
#include "wend/base/statistics.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace wend::base {
namespace {

TEST(Statistics, AreNaNOfNothing) {
  EXPECT_TRUE(std::isnan(mean({})));
  EXPECT_TRUE(std::isnan(variance({})));
  EXPECT_TRUE(std::isnan(percentile({}, 0.5)));
  EXPECT_TRUE(std::isnan(percentile_interval({}, 0.95).low));
}

TEST(Statistics, OfOneValueAreThatValueWithoutSpread) {
  const std::vector<double> one = {3.5};
  EXPECT_EQ(mean(one), 3.5);
  EXPECT_EQ(variance(one), 0);
  EXPECT_EQ(percentile(one, 0.0), 3.5);
  EXPECT_EQ(percentile(one, 0.99), 3.5);
  EXPECT_EQ(percentile_interval(one, 0.95), (Interval{3.5, 3.5}));
}

TEST(Statistics, PercentileIsLinearBetweenNeighboursAsNumpysDefault) {
  const std::vector<double> values = {40, 10, 30, 20};
  EXPECT_EQ(percentile(values, 0), 10);
  EXPECT_EQ(percentile(values, 1), 40);
  EXPECT_DOUBLE_EQ(percentile(values, 0.4), 22);
  EXPECT_EQ(median(values), 25);
  EXPECT_NEAR(percentile(values, 0.975), 39.25, 1e-12);
}

TEST(Statistics, VarianceDividesByOneLessThanTheCount) {
  const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_EQ(mean(values), 5);
  EXPECT_DOUBLE_EQ(variance(values), 32.0 / 7.0);
}

TEST(Statistics, IntervalLeavesOutWhatIsNotANumber) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(percentile_interval({nan, 1, nan, 1}, 0.95), (Interval{1, 1}));
}

TEST(Spearman, ComparesRanksAndSharesThoseOfEqualValues) {
  const std::vector<double> up = {1, 2, 3, 4};
  EXPECT_DOUBLE_EQ(spearman(up, std::vector<double>{1, 10, 100, 1000}), 1);
  EXPECT_DOUBLE_EQ(spearman(up, std::vector<double>{4, 3, 2, 1}), -1);
  // Ranks 1.5, 4, 4, 1.5, 4 and 1, 4, 2.5, 2.5, 5.
  EXPECT_NEAR(spearman(std::vector<double>{0, 1, 1, 0, 1}, std::vector<double>{.2, .9, .4, .4, 1}),
              0.7404360971988654,
              1e-12);
}

TEST(Spearman, IsUnknownWhereAColumnIsAllTheSame) {
  EXPECT_TRUE(std::isnan(spearman(std::vector<double>{1, 1}, std::vector<double>{1, 2})));
  EXPECT_TRUE(std::isnan(spearman(std::vector<double>{}, std::vector<double>{})));
}

}  // namespace
}  // namespace wend::base
