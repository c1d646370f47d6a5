// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/expected_gain.h"

#include <cmath>

#include <gtest/gtest.h>

namespace wend::trips {
namespace {

/// Old models weak (.4, free) and strong (.8, cost .6); the new one as given. Truth is as
/// predicted.
struct World {
  std::vector<core::ModelCard> models = {
      {"weak", {}, {}, {}}, {"strong", {}, {}, {}}, {"new", {}, {}, {}}};
  std::vector<core::Scores> scores;
  base::Matrix quality = base::Matrix(20, 2);
  base::Matrix cost = base::Matrix(20, 2);
  std::vector<double> residuals;

  World(float new_quality, float new_cost) {
    for (std::size_t i = 0; i < quality.rows(); ++i) {
      scores.push_back(
          {{{0.4F, {}, 0, {}, {}}, {0.8F, {}, 0.6F, {}, {}}, {new_quality, {}, new_cost, {}, {}}},
           {}});
      quality(i, 0) = 0.4F;
      quality(i, 1) = 0.8F;
      cost(i, 1) = 0.6F;
    }
  }

  ExpectedGain gain(double mu) const {
    return expected_gain({models, scores, quality, cost, residuals}, {mu}).value();
  }
};

TEST(ExpectedGain, IsTheDifferenceOfUtilitiesWhereTheNewModelIsChosen) {
  const World better(0.8F, 0.1F);
  EXPECT_NEAR(better.gain(0.5).gain, (0.4 - 0.05) - 0.2, 1e-6);
  EXPECT_EQ(better.gain(0.5).share, 1);
  EXPECT_NEAR(better.gain(0.5).ci.low, 0.15, 1e-6);
}

TEST(ExpectedGain, IsNothingWhereItIsNotChosen) {
  const World worse(0.3F, 0.1F);
  EXPECT_EQ(worse.gain(0.5).gain, 0);
  EXPECT_EQ(worse.gain(0.5).share, 0);
  EXPECT_EQ(worse.gain(0.5).ci, (base::Interval{0, 0}));
}

TEST(ExpectedGain, CountsAnOldModelByItsOutcomeAndByPredictionWhereItIsMissing) {
  World world(0.8F, 0.1F);
  for (std::size_t i = 0; i < 10; ++i) {
    world.quality(i, 0) = 0;
    world.quality(10 + i, 0) = std::nanf("");
  }
  EXPECT_NEAR(world.gain(0.5).gain, 0.5 * (0.35 - 0) + 0.5 * (0.35 - 0.2), 1e-6);
}

TEST(ExpectedGain, IsLessSureTheMoreItsProbesScatter) {
  World world(0.8F, 0.1F);
  world.residuals = {0.3, -0.3, 0.3, -0.3};
  const ExpectedGain unsure = world.gain(0.5);
  EXPECT_NEAR(unsure.gain, 0.15, 1e-6);  // The residuals' own mean is already in the prediction.
  EXPECT_LT(unsure.ci.low, 0.05);
  EXPECT_GT(unsure.ci.high, 0.25);
  EXPECT_EQ(unsure.ci, world.gain(0.5).ci);  // Seeded.
}

}  // namespace
}  // namespace wend::trips
