// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/task_classifier.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::routers {
namespace {

using Floats = std::vector<float>;
using testing::ElementsAre;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

ml::TensorMap two_tasks() {
  ml::TensorMap weights;
  weights.put("classifier.encodings", ml::Tensor({2, 3}, Floats{1, 0, 0, 0, 1, 0}));
  weights.put("classifier.scale", ml::Tensor({1}, Floats{10}));
  weights.put("classifier.bias", ml::Tensor({2}, Floats{-5, -4}));
  return weights;
}

TEST(TaskClassifier, IsTheScaledProductAndTheBias) {
  const TaskClassifier classifier = TaskClassifier::load(two_tasks(), 2).value();
  EXPECT_THAT(classifier.logits(Floats{0.6F, 0.8F, 0}), ElementsAre(1, 4));
}

TEST(TaskClassifier, ReadsAProjectionAsTheMatrixBetween) {
  ml::TensorMap weights = two_tasks();
  // x^T W v: W maps the first task's encoding to the third axis, the second's to the first.
  weights.put("classifier.projection", ml::Tensor({3, 3}, Floats{0, 1, 0, 0, 0, 0, 1, 0, 0}));
  const TaskClassifier classifier = TaskClassifier::load(weights, 2).value();
  EXPECT_THAT(classifier.logits(Floats{0, 0, 1}), ElementsAre(5, -4));
  EXPECT_THAT(classifier.logits(Floats{1, 0, 0}), ElementsAre(-5, 6));
}

TEST(TaskClassifier, RefusesTensorsOfAnotherNumberOfTasks) {
  EXPECT_FALSE(TaskClassifier::load(two_tasks(), 3));
  ml::TensorMap weights = two_tasks();
  weights.put("classifier.projection", ml::Tensor({2, 2}, Floats{1, 0, 0, 1}));
  EXPECT_FALSE(TaskClassifier::load(weights, 2));
}

TEST(AssignedTask, IsTheBestUnlessItLiesBelowTheThreshold) {
  EXPECT_EQ(assigned_task(Floats{-1, 2, 2}, {0.5}), 1U);
  EXPECT_EQ(assigned_task(Floats{-1, -0.1F}, {0.5}), std::nullopt);
  EXPECT_EQ(assigned_task(Floats{-1, 0}, {0.5}), 1U);
  EXPECT_EQ(assigned_task(Floats{}, {0}), std::nullopt);
}

TEST(AssignedTask, KnowsNoBoundsAtTheEndsOfTheThreshold) {
  EXPECT_EQ(assigned_task(Floats{-1e30F, -2e30F}, {0}), 0U);
  EXPECT_EQ(assigned_task(Floats{1e30F}, {1}), std::nullopt);
}

TEST(TaskWeights, AreOddsBesideTheOddsOfTheThreshold) {
  const Floats soft = task_weights(Floats{std::log(3.0F), std::log(0.5F)}, {0.6}, Assign::kSoft);
  ASSERT_EQ(soft.size(), 3U);
  EXPECT_NEAR(soft[0], 3 / 5.0, 1e-6);
  EXPECT_NEAR(soft[1], 0.5 / 5.0, 1e-6);
  EXPECT_NEAR(soft[2], 1.5 / 5.0, 1e-6);
}

TEST(TaskWeights, HeaviestIsTheAssignedTask) {
  for (const Floats& logits : {Floats{2, -3, 1}, Floats{-2, -3, -1}, Floats{-80, -90, -100}}) {
    for (const double threshold : {0.0, 0.3, 0.5, 0.99, 1.0}) {
      const Floats hard = task_weights(logits, {threshold}, Assign::kHard);
      const Floats soft = task_weights(logits, {threshold}, Assign::kSoft);
      EXPECT_EQ(std::ranges::max_element(hard) - hard.begin(),
                std::ranges::max_element(soft) - soft.begin());
      EXPECT_NEAR(std::accumulate(soft.begin(), soft.end(), 0.0), 1, 1e-6);
      EXPECT_EQ(std::ranges::count(hard, 1.0F), 1);
    }
  }
}

TEST(TaskWeights, EndsOfTheThresholdAreExact) {
  EXPECT_EQ(task_weights(Floats{-50, -90}, {0}, Assign::kSoft).back(), 0.0F);
  EXPECT_THAT(task_weights(Floats{50, 90}, {1}, Assign::kSoft), ElementsAre(0, 0, 1));
  EXPECT_EQ(NoneThreshold{1}.logit(), kInfinity);
}

}  // namespace
}  // namespace wend::routers
