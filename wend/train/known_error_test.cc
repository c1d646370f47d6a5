// SPDX-License-Identifier: Apache-2.0
#include "wend/train/known_error.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace wend::train {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(KnownError, IsNothingWhereAnOutcomeIsMissing) {
  const at::Tensor predicted = at::tensor({0.25F, 0.5F}).requires_grad_(true);
  const at::Tensor error = known_error(predicted, at::tensor({1.0F, kNan}));
  EXPECT_EQ(error[0].item<float>(), -0.75F);
  EXPECT_EQ(error[1].item<float>(), 0);
  error.square().sum().backward();
  EXPECT_EQ(predicted.grad()[0].item<float>(), -1.5F);
  EXPECT_EQ(predicted.grad()[1].item<float>(), 0);
}

TEST(KnownError, IsNoNumberWhereThePredictionIsNone) {
  const at::Tensor error = known_error(at::tensor({kNan, kNan}), at::tensor({1.0F, kNan}));
  EXPECT_TRUE(std::isnan(error[0].item<float>()));
  EXPECT_EQ(error[1].item<float>(), 0);
}

}  // namespace
}  // namespace wend::train
