// SPDX-License-Identifier: Apache-2.0
#include "wend/train/loop.h"

#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "wend/train/exchange.h"
#include "wend/train/runtime.h"

namespace wend::train {
namespace {

/// One weight that is pulled towards 10; validation likes it best near `liked`.
struct Pull {
  at::Tensor weight = at::zeros({1}).requires_grad_(true);
  std::vector<float> after_epoch;
  std::vector<std::vector<std::uint32_t>> batches;

  Lesson lesson(double liked) {
    return {10,
            {weight},
            [this](std::span<const std::uint32_t> rows) {
              batches.emplace_back(rows.begin(), rows.end());
              return (weight - 10.0).square().sum();
            },
            [this, liked] {
              after_epoch.push_back(weight.item<float>());
              return Validation{-std::abs(weight.item<double>() - liked), 0.0};
            }};
  }
};

LoopOptions options(std::size_t epochs, std::size_t patience) {
  LoopOptions result;
  result.epochs = epochs;
  result.batch = 4;
  result.patience = patience;
  result.seed = 3;
  result.stage = "test";
  return result;
}

const OptimizerOptions kFast = {OptimizerKind::kAdam, 0.1, 0.0};

TEST(Loop, GivesBackTheBestWeightsAndNotTheLast) {
  settle(1, 1);
  Pull pull;
  const auto report = run_loop(pull.lesson(1.0), kFast, options(50, 4), nullptr);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->epochs, report->best_epoch + 4);
  EXPECT_EQ(pull.weight.item<float>(), pull.after_epoch[report->best_epoch - 1]);
  EXPECT_NE(pull.weight.item<float>(), pull.after_epoch.back());
}

TEST(Loop, RunsAllEpochsWhileTheScoreImproves) {
  settle(1, 1);
  Pull pull;
  const auto report = run_loop(pull.lesson(10.0), kFast, options(7, 1), nullptr);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->epochs, 7U);
  EXPECT_EQ(report->best_epoch, 7U);
}

TEST(Loop, TellsEqualScoresApartByTheLoss) {
  settle(1, 1);
  Pull pull;
  Lesson lesson = pull.lesson(0.0);
  lesson.validate = [&] { return Validation{1.0, std::abs(pull.weight.item<double>() - 1.0)}; };
  const auto report = run_loop(lesson, kFast, options(50, 4), nullptr);
  ASSERT_TRUE(report);
  EXPECT_GT(report->best_epoch, 1U);
  EXPECT_NEAR(pull.weight.item<float>(), 1.0F, 0.2F);
  EXPECT_TRUE((Validation{2.0, 9.0}.better_than({1.0, 0.0})));
  EXPECT_FALSE((Validation{1.0, 0.0}.better_than({1.0, 0.0})));
}

TEST(Loop, PassesASmallSetSeveralTimesInAnEpoch) {
  settle(1, 1);
  Pull pull;
  LoopOptions seven = options(2, 5);
  seven.epoch_steps = 7;  // A pass is three minibatches.
  ASSERT_TRUE(run_loop(pull.lesson(10.0), kFast, seven, nullptr));
  EXPECT_EQ(pull.batches.size(), 18U);
  EXPECT_EQ(pull.after_epoch.size(), 2U);
}

TEST(Loop, ShowsEveryRowOnceAnEpochInAnOrderOfTheSeed) {
  settle(1, 1);
  Pull first;
  Pull second;
  ASSERT_TRUE(run_loop(first.lesson(10.0), kFast, options(2, 5), nullptr));
  ASSERT_TRUE(run_loop(second.lesson(10.0), kFast, options(2, 5), nullptr));
  EXPECT_EQ(first.batches, second.batches);
  ASSERT_EQ(first.batches.size(), 6U);
  std::multiset<std::uint32_t> seen;
  for (std::size_t i = 0; i < 3; ++i) {
    seen.insert(first.batches[i].begin(), first.batches[i].end());
  }
  EXPECT_EQ(seen, (std::multiset<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_NE(first.batches[0], first.batches[3]);
}

TEST(Loop, NamesTheEpochInWhichTheLossBroke) {
  settle(1, 1);
  Pull pull;
  Lesson lesson = pull.lesson(10.0);
  lesson.loss = [&](std::span<const std::uint32_t>) {
    return pull.weight.sum() * std::numeric_limits<double>::quiet_NaN();
  };
  const auto report = run_loop(lesson, kFast, options(2, 5), nullptr);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("epoch 1"), std::string::npos) << report.error().message;
}

TEST(Loop, TurnsWhatLibtorchThrowsIntoAnError) {
  settle(1, 1);
  Pull pull;
  Lesson lesson = pull.lesson(10.0);
  lesson.loss = [](std::span<const std::uint32_t>) {
    return at::mm(at::zeros({2, 3}), at::zeros({2, 3}));
  };
  const auto report = run_loop(lesson, kFast, options(1, 1), nullptr);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("libtorch"), std::string::npos);
}

TEST(Loop, RefusesAnEmptyLesson) {
  Pull pull;
  Lesson lesson = pull.lesson(1.0);
  lesson.rows = 0;
  EXPECT_FALSE(run_loop(lesson, kFast, options(1, 1), nullptr));
}

TEST(Optimizer, AdamWShrinksWeightsThatNothingPulls) {
  for (const auto& [kind, expected] :
       {std::pair(OptimizerKind::kAdam, 1.0F), std::pair(OptimizerKind::kAdamW, 0.99F)}) {
    at::Tensor weight = at::ones({1}).requires_grad_(true);
    const auto optimizer = make_optimizer({weight}, {kind, 0.1, 0.1});
    (weight * 0.0).sum().backward();
    optimizer->step();
    EXPECT_FLOAT_EQ(weight.item<float>(), expected);
  }
}

TEST(Exchange, RoundTripsRowsInTheOrderAsked) {
  base::Matrix matrix(3, 2);
  for (std::size_t i = 0; i < 6; ++i) {
    matrix.data()[i] = static_cast<float>(i);
  }
  EXPECT_EQ(to_matrix(to_torch(matrix)), matrix);
  const std::vector<std::uint32_t> rows = {2, 0};
  const base::Matrix picked = to_matrix(to_torch(matrix, rows));
  EXPECT_EQ(picked(0, 1), 5.0F);
  EXPECT_EQ(picked(1, 0), 0.0F);
}

TEST(Exchange, CopiesSoThatLaterStepsChangeNothing) {
  at::Tensor tensor = at::ones({2, 2}).t();
  const ml::Tensor kept = to_artifact(tensor);
  tensor.mul_(3.0);
  EXPECT_EQ(kept.shape(), (std::vector<std::int64_t>{2, 2}));
  EXPECT_EQ(kept.values()[3], 1.0F);
}

TEST(Exchange, DrawsParametersWithinTheBoundFromTheSeed) {
  base::Random random(5);
  base::Random again(5);
  const at::Tensor parameter = uniform_parameter({50, 4}, 0.25, random);
  EXPECT_TRUE(parameter.requires_grad());
  EXPECT_LE(parameter.abs().max().item<float>(), 0.25F);
  EXPECT_GT(parameter.abs().max().item<float>(), 0.2F);
  EXPECT_TRUE(at::equal(parameter, uniform_parameter({50, 4}, 0.25, again)));
}

TEST(Runtime, NamesTheBlasThatIsLoaded) {
  const Blas blas = loaded_blas();
  EXPECT_NE(blas.name, "unknown") << blas.path;
  EXPECT_EQ(blas.warning().empty(), blas.name != "reference");
  EXPECT_NE((Blas{"reference", "/x"}.warning().find("libopenblas0-pthread")), std::string::npos);
}

}  // namespace
}  // namespace wend::train
