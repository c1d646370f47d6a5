// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/choices.h"

#include <limits>

#include <gtest/gtest.h>

namespace wend::routers {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

/// Two models, the first right on even rows, the second on odd ones; costs are equal.
data::Examples alternating(std::size_t rows) {
  data::Examples examples;
  examples.quality = base::Matrix(rows, 2);
  examples.cost_normalised = base::Matrix(rows, 2, 0.1F);
  for (std::size_t row = 0; row < rows; ++row) {
    examples.quality(row, row % 2) = 1;
  }
  return examples;
}

/// Right of every row with a margin, or wrong with a negative one.
base::Matrix guess(const data::Examples& truth, float margin) {
  base::Matrix quality(truth.size(), 2, 0.5F);
  for (std::size_t row = 0; row < truth.size(); ++row) {
    quality(row, row % 2) += margin;
  }
  return quality;
}

TEST(RoutingWorth, OfThePaperIsQualityAlone) {
  data::Examples truth = alternating(10);
  truth.cost_normalised = base::Matrix(10, 2, 1.0F);
  const Predictions right = {guess(truth, 0.1F), truth.cost_normalised};
  EXPECT_DOUBLE_EQ(routing_worth(right, truth, ScoreMode::kPaper), 1);
  EXPECT_NEAR(routing_worth(right, truth, ScoreMode::kNatural), 0.2 - 0.8 + 0 + 0.8 - 0.2, 1e-6);
  truth.quality(0, 0) = kMissing;  // Chosen and not known: left out.
  EXPECT_DOUBLE_EQ(routing_worth(right, truth, ScoreMode::kPaper), 1);
}

TEST(ChooseAlpha, TrustsTheStageThatIsRight) {
  const data::Examples truth = alternating(20);
  for (const ScoreMode mode : {ScoreMode::kNatural, ScoreMode::kPaper}) {
    InferenceOptions options;
    options.mode = mode;
    const Predictions wrong = {guess(truth, -0.2F), truth.cost_normalised};
    EXPECT_GT(choose_alpha(options, wrong, guess(truth, 0.2F), truth), 0.5);
    const Predictions right = {guess(truth, 0.2F), truth.cost_normalised};
    EXPECT_EQ(choose_alpha(options, right, guess(truth, -0.2F), truth), 0);
    options.alpha = 0.3;
    EXPECT_EQ(choose_alpha(options, right, guess(truth, -0.2F), truth), 0.3);
  }
}

/// Logits that are sure of a task on half of the rows, and there wrong about which: at a threshold
/// above them their rows are Others.
TEST(FitTaskStage, ChoosesTheThresholdBelowWhichTasksMislead) {
  data::TrainingSet set;
  set.train = alternating(40);
  set.validation = alternating(40);
  base::Matrix train(40, 2);
  base::Matrix validation(40, 2);
  for (std::size_t row = 0; row < 40; ++row) {
    const bool sure = row < 24;
    train(row, row % 2) = sure ? 4.0F : 0.1F;
    train(row, 1 - row % 2) = -4;
    validation(row, sure ? row % 2 : 1 - row % 2) = sure ? 4.0F : 0.1F;
    validation(row, sure ? 1 - row % 2 : row % 2) = -4;
  }
  for (std::size_t row = 24; row < 40; ++row) {  // Of the unsure ones the first model knows all.
    set.train.quality(row, 0) = set.validation.quality(row, 0) = 1;
    set.train.quality(row, 1) = set.validation.quality(row, 1) = 0;
  }
  FineRouterOptions options;
  options.inference.assign = Assign::kHard;
  options.inference.shrink = 0;
  const TaskStageFit fit = fit_task_stage(options, train, validation, set);
  EXPECT_GT(fit.none_threshold, 0.5);
  EXPECT_LT(fit.none_threshold, 0.99);
  EXPECT_EQ(fit.tables.quality(0, 2), 1);
  EXPECT_EQ(fit.validation.quality(30, 1), 0);
  options.classifier.none_threshold = 0.25;
  EXPECT_EQ(fit_task_stage(options, train, validation, set).none_threshold, 0.25);
}

}  // namespace
}  // namespace wend::routers
