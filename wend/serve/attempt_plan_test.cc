// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/attempt_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::serve {
namespace {

using testing::ElementsAre;

std::vector<std::size_t> models_of(AttemptPlan plan, const std::vector<std::size_t>& cooling = {}) {
  std::vector<std::size_t> models;
  const auto is_cooling = [&](std::size_t model) {
    return std::ranges::find(cooling, model) != cooling.end();
  };
  while (const auto attempt = plan.next(is_cooling)) {
    models.push_back(attempt->model);
  }
  return models;
}

TEST(AttemptPlan, GoesDownTheOrderAndEndsAtItsLimit) {
  EXPECT_THAT(models_of({{4, 2, 7, 1}, 3, base::Random(1)}), ElementsAre(4, 2, 7));
  EXPECT_THAT(models_of({{4, 2, 7, 1}, 1, base::Random(1)}), ElementsAre(4));
}

TEST(AttemptPlan, AsksFewModelsAgainInTheirOrder) {
  EXPECT_THAT(models_of({{4, 2}, 3, base::Random(1)}), ElementsAre(4, 2, 4));
  EXPECT_THAT(models_of({{4}, 3, base::Random(1)}), ElementsAre(4, 4, 4));
}

TEST(AttemptPlan, AsksWhatCoolsDownLastButNotNever) {
  EXPECT_THAT(models_of({{4, 2, 7}, 3, base::Random(1)}, {4}), ElementsAre(2, 7, 4));
  EXPECT_THAT(models_of({{4, 2}, 2, base::Random(1)}, {4, 2}), ElementsAre(4, 2));
}

TEST(AttemptPlan, WaitsOnlyBeforeAskingTheSameModelAgainAndLongerEachTime) {
  AttemptPlan plan({4}, 4, base::Random(3));
  const auto warm = [](std::size_t) { return false; };
  EXPECT_EQ(plan.next(warm)->wait.count(), 0);
  const auto second = plan.next(warm)->wait.count();
  EXPECT_GE(second, 50);
  EXPECT_LE(second, 100);
  const auto third = plan.next(warm)->wait.count();
  EXPECT_GE(third, 100);
  EXPECT_LE(third, 200);
  EXPECT_TRUE(plan.next(warm).has_value());
  EXPECT_FALSE(plan.next(warm).has_value());
  EXPECT_EQ(plan.made(), 4);
}

}  // namespace
}  // namespace wend::serve
