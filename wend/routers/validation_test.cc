// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/validation.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace wend::routers {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
using Floats = std::vector<float>;

TEST(BestModel, TakesTheHighestUtility) {
  const Floats quality = {0.4F, 0.9F};
  const Floats cost = {0.0F, 0.5F};
  EXPECT_EQ(best_model(quality, cost, {0.2}), 0U);
  EXPECT_EQ(best_model(quality, cost, {0.8}), 1U);
}

TEST(BestModel, BreaksTiesByCostThenIndex) {
  EXPECT_EQ(best_model(Floats{1, 0.5F, 0.5F}, Floats{1, 0.5F, 0.5F}, {0.5}), 1U);
  EXPECT_EQ(best_model(Floats{1, 1}, Floats{0, 0}, {0.5}), 0U);
}

TEST(BestModel, PassesOverWhatIsNotKnown) {
  EXPECT_EQ(best_model(Floats{1, 0.1F}, Floats{kMissing, 0.9F}, {0.8}), 1U);
  EXPECT_EQ(best_model(Floats{kMissing, 0.1F}, Floats{0, 0.9F}, {0.2}), 1U);
  EXPECT_EQ(best_model(Floats{kMissing}, Floats{0}, {0.5}), std::nullopt);
  EXPECT_EQ(best_model(Floats{}, Floats{}, {0.5}), std::nullopt);
}

/// The single model of algorithms.md 13, (c, r) = (.0641, .4260), and a row where it is missing.
data::Examples single_model() {
  data::Examples rows;
  rows.quality = base::Matrix(2, 1, 0.4260F);
  rows.cost_normalised = base::Matrix(2, 1, 0.0641F);
  rows.quality(1, 0) = kMissing;
  return rows;
}

TEST(UtilitySum, IsTheSumOfTheSpecification) {
  const data::Examples rows = single_model();
  EXPECT_NEAR(utility_sum(rows.quality, rows.cost_normalised, rows), 0.5429, 5e-5);
}

TEST(UtilitySum, LeavesMissingChosenCellsOutOfTheMean) {
  const auto always_the_first = [](std::size_t, core::Preference) {
    return std::optional<std::size_t>(0);
  };
  EXPECT_NEAR(utility_sum(always_the_first, single_model()), 0.5429, 5e-5);
  const auto never = [](std::size_t, core::Preference) { return std::optional<std::size_t>(); };
  EXPECT_EQ(utility_sum(never, single_model()), 0.0);
}

TEST(LeafOf, IsTheIndexAmongTheLeavesOfTheHeaviestLabel) {
  std::vector<core::TaskNode> nodes = {
      {"x", "x", "", "", {}, 0}, {"x1", "x1", "", "", 0, 1}, {"x2", "x2", "", "", 0, 1}};
  const auto taxonomy = core::Taxonomy::build(nodes).value();
  EXPECT_EQ(leaf_of(taxonomy, {{0, 1, 0.3F}, {0, 2, 0.7F}}), 1U);
  EXPECT_EQ(leaf_of(taxonomy, {{0, 1, 1.0F}}), 0U);
  EXPECT_EQ(leaf_of(taxonomy, {{0, 0, 1.0F}}), std::nullopt);
  EXPECT_EQ(leaf_of(taxonomy, {}), std::nullopt);
}

}  // namespace
}  // namespace wend::routers
