// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/mix.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::routers {
namespace {

using Floats = std::vector<float>;
using testing::ElementsAre;
using testing::FloatNear;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

TEST(MinMax, StretchesWhatIsKnownToTheWholeRange) {
  EXPECT_THAT(min_max(Floats{0.50F, 0.51F, 0.505F}), ElementsAre(0, 1, FloatNear(0.5F, 1e-4F)));
  const Floats with_gap = min_max(Floats{kMissing, 2, 1});
  EXPECT_TRUE(std::isnan(with_gap[0]));
  EXPECT_EQ(with_gap[1], 1);
  EXPECT_EQ(with_gap[2], 0);
}

TEST(MinMax, EqualsAreAllTheBest) {
  EXPECT_THAT(min_max(Floats{0.3F, 0.3F}), ElementsAre(1, 1));
  EXPECT_THAT(min_max(Floats{0.3F}), ElementsAre(1));
  EXPECT_THAT(min_max(Floats{}), ElementsAre());
}

TEST(Mix, NaturalScaleKeepsSmallDifferencesSmall) {
  EXPECT_THAT(mix(Floats{0.5F, 0.7F}, Floats{0.6F, 0.4F}, ScoreMode::kNatural, 0.25),
              ElementsAre(FloatNear(0.525F, 1e-6F), FloatNear(0.625F, 1e-6F)));
}

TEST(Mix, PaperScalesEachStageFirst) {
  EXPECT_THAT(mix(Floats{0.50F, 0.51F, 0.40F}, Floats{0.9F, 0.1F, 0.5F}, ScoreMode::kPaper, 0.7),
              ElementsAre(FloatNear(0.7F + 0.3F * 10 / 11, 1e-5F),
                          FloatNear(0.3F, 1e-5F),
                          FloatNear(0.35F, 1e-5F)));
}

TEST(Mix, OneStageStandsAlone) {
  EXPECT_THAT(mix(Floats{0.5F, 0.7F}, Floats{}, ScoreMode::kNatural, 0.9), ElementsAre(0.5F, 0.7F));
  EXPECT_THAT(mix(Floats{}, Floats{0.5F, 0.7F}, ScoreMode::kPaper, 0.1), ElementsAre(0, 1));
}

TEST(Mix, WhatOneStageDoesNotKnowIsNotKnown) {
  EXPECT_TRUE(std::isnan(mix(Floats{kMissing, 1}, Floats{1, 1}, ScoreMode::kPaper, 0.5)[0]));
}

}  // namespace
}  // namespace wend::routers
