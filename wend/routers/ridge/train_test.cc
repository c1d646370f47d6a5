// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/ridge/train.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/routers/train_sample.h"
#include "wend/routers/validation.h"

namespace wend::routers {
namespace {

using sample::kMissing;
using testing::HasSubstr;

/// Points on the unit circle; the quality of "a" is linear in them, that of "b" constant.
data::Examples circle() {
  std::vector<std::vector<float>> vectors;
  std::vector<std::vector<float>> quality;
  std::vector<std::vector<float>> cost;
  for (int i = 0; i < 40; ++i) {
    const float x = std::cos(static_cast<float>(i));
    const float y = std::sin(static_cast<float>(i));
    vectors.push_back({x, y});
    quality.push_back({0.5F + 0.3F * x - 0.1F * y, 0.4F});
    cost.push_back({0.2F + 0.1F * y, 0.3F});
  }
  return sample::examples(vectors, quality, cost);
}

TEST(Ridge, RecoversALinearLaw) {
  const auto router =
      sample::served("ridge{lambda=0.000001}", sample::training_set(circle(), circle()));
  const core::Scores scores = sample::ask(*router, {0.6F, 0.8F});
  EXPECT_NEAR(scores.models[0].quality, 0.5 + 0.18 - 0.08, 1e-4);
  EXPECT_NEAR(scores.models[0].cost_normalised, 0.28, 1e-4);
  EXPECT_NEAR(scores.models[0].cost.value(), 0.56, 1e-4);
  EXPECT_NEAR(scores.models[1].quality, 0.4, 1e-6);
  EXPECT_FALSE(scores.models[0].quality_sd);
}

TEST(Ridge, FallsBackToTheMeanUnderAHeavyPenalty) {
  const data::TrainingSet set = sample::training_set(circle(), circle());
  const auto heavy = sample::served("ridge{lambda=1000000}", set);
  const auto means = sample::served("best_static", set);
  EXPECT_NEAR(sample::ask(*heavy, {1, 0}).models[0].quality,
              sample::ask(*means, {1, 0}).models[0].quality,
              1e-5);
}

TEST(Ridge, FitsEachModelOnTheRowsItHas) {
  data::Examples rows = circle();
  for (std::size_t row = 0; row < rows.size(); row += 3) {
    rows.quality(row, 0) = kMissing;
    rows.cost_normalised(row + (row + 1 < rows.size() ? 1 : 0), 1) = kMissing;
  }
  const auto router = sample::served("ridge{lambda=0.000001}", sample::training_set(rows, rows));
  EXPECT_NEAR(sample::ask(*router, {0.6F, 0.8F}).models[0].quality, 0.6, 1e-4);
  EXPECT_NEAR(sample::ask(*router, {0.6F, 0.8F}).models[1].cost_normalised, 0.3, 1e-4);
}

TEST(Ridge, KeepsAModelThatIsMissingEverywhereUnknown) {
  data::Examples rows = circle();
  for (std::size_t row = 0; row < rows.size(); ++row) {
    rows.quality(row, 1) = kMissing;
  }
  const auto router = sample::served("ridge", sample::training_set(rows, rows));
  EXPECT_TRUE(std::isnan(sample::ask(*router, {1, 0}).models[1].quality));
  EXPECT_FALSE(std::isnan(sample::ask(*router, {1, 0}).models[0].quality));
}

TEST(Ridge, ClampsWhatLeavesTheScale) {
  const auto rows = sample::examples({{1, 0}, {-1, 0}}, {{1.0F}, {0.0F}}, {{0.0F}, {1.0F}});
  const auto router = sample::served("ridge{lambda=0.000001}", sample::training_set(rows, rows));
  EXPECT_EQ(sample::ask(*router, {3, 0}).models[0].quality, 1.0F);
  EXPECT_EQ(sample::ask(*router, {-3, 0}).models[0].quality, 0.0F);
}

TEST(Ridge, FindsThePlantedStructureByItsOwnChoiceOfPenalty) {
  const data::TrainingSet set =
      sample::training_set(sample::planted(600, 1), sample::planted(200, 2));
  const data::TrainingSet fresh =
      sample::training_set(sample::planted(600, 1), sample::planted(600, 3));
  const auto router = sample::served("ridge", set);
  EXPECT_GT(utility_sum(*router, fresh),
            utility_sum(*sample::served("best_static", set), fresh) + 0.2);
  EXPECT_NEAR(sample::train("ridge", set).value().report.validation_utility_sum,
              utility_sum(*router, set),
              1e-5);
}

TEST(Ridge, WorksWithOneModelAndOneRow) {
  const auto row = sample::examples({{1, 0}}, {{0.5F}}, {{0.25F}});
  const auto router = sample::served("ridge", sample::training_set(row, row));
  EXPECT_FLOAT_EQ(sample::ask(*router, {0, 1}).models[0].quality, 0.5F);
  EXPECT_EQ(sample::train("ridge", sample::training_set(row, row)).value().config_json,
            R"({"lambda":10})");  // Nothing to choose by: the heaviest penalty.
}

TEST(Ridge, GivesEqualBytesOnAnyNumberOfThreads) {
  const data::TrainingSet set =
      sample::training_set(sample::planted(150, 1), sample::planted(60, 2));
  EXPECT_EQ(sample::trained_bytes("ridge", set), sample::trained_bytes("ridge", set));
  TrainContext one{set};
  one.threads = 1;
  TrainContext three{set};
  three.threads = 3;
  const RouterSpec spec = parse_router_spec("ridge").value();
  const auto first = train_router(spec, one).value().weights.matrix("weights").value();
  EXPECT_EQ(first, train_router(spec, three).value().weights.matrix("weights").value());
}

TEST(Ridge, RefusesOptionsThatMakeNoSense) {
  const data::TrainingSet set = sample::training_set(circle(), circle());
  EXPECT_THAT(sample::refusal("ridge{lambda=0}", set), HasSubstr("option 'lambda' is '0'"));
  EXPECT_THAT(sample::refusal("ridge{lamda=1}", set), HasSubstr("did you mean 'lambda'?"));
}

}  // namespace
}  // namespace wend::routers
