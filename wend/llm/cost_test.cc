// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/cost.h"

#include <gtest/gtest.h>

namespace wend::llm {
namespace {

TEST(CostOf, CountsCachedTokensOnceAndAtTheirPrice) {
  const TokenPrices prices = {2.0, 0.5, 8.0};
  EXPECT_DOUBLE_EQ(*cost_of({1000, 100, {}}, prices), (2000 + 800) / 1e6);
  EXPECT_DOUBLE_EQ(*cost_of({1000, 100, 600}, prices), (400 * 2.0 + 600 * 0.5 + 800) / 1e6);
  EXPECT_DOUBLE_EQ(*cost_of({1000, 100, 600}, {2.0, {}, 8.0}), (2000 + 800) / 1e6);
}

TEST(CostOf, NeverGoesBelowZero) {
  EXPECT_DOUBLE_EQ(*cost_of({10, 0, 1000}, {2.0, 0.5, 8.0}), 10 * 0.5 / 1e6);
  EXPECT_DOUBLE_EQ(*cost_of({-10, -5, -1}, {2.0, 0.5, 8.0}), 0);
}

TEST(CostOf, IsMissingWhereSomethingIs) {
  EXPECT_FALSE(cost_of({10, {}, {}}, {2.0, {}, 8.0}));
  EXPECT_FALSE(cost_of({{}, 10, {}}, {2.0, {}, 8.0}));
  EXPECT_FALSE(cost_of({10, 10, {}}, {{}, {}, 8.0}));
  EXPECT_FALSE(cost_of({10, 10, {}}, {2.0, {}, {}}));
  EXPECT_EQ(cost_of({10, 10, {}}, {0.0, {}, 0.0}), 0);
}

}  // namespace
}  // namespace wend::llm
