// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/agreement.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "wend/base/random.h"

namespace wend::discover {
namespace {

using Labels = std::vector<std::int32_t>;

void expect_agreement(const Labels& a, const Labels& b, double nmi, double ari) {
  for (const Agreement& found : {agreement(a, b), agreement(b, a)}) {
    EXPECT_NEAR(found.nmi, nmi, 1e-12);
    EXPECT_NEAR(found.ari, ari, 1e-12);
    EXPECT_EQ(found.items, a.size());
  }
}

TEST(Agreement, IsOneForTheSameGroupsUnderOtherNumbers) {
  expect_agreement({0, 0, 1, 1, 2}, {7, 7, 0, 0, 3}, 1, 1);
  expect_agreement({4, 4, 4}, {1, 1, 1}, 1, 1);
  expect_agreement({0, 1, 2}, {2, 0, 1}, 1, 1);
  expect_agreement({5}, {0}, 1, 1);
}

TEST(Agreement, IsWhatTheFormulasGiveByHand) {
  // I = H(A) = log 2, H(B) = 1.5 log 2; of 6 pairs, 2 and 1 are inside, 1 in both.
  expect_agreement({0, 0, 1, 1}, {0, 0, 1, 2}, 0.8, (1 - 2.0 / 6) / (1.5 - 2.0 / 6));
  expect_agreement({0, 0, 0, 0}, {0, 1, 2, 3}, 0, 0);
  expect_agreement({0, 0, 1, 1}, {0, 1, 0, 1}, 0, -0.5);
}

TEST(Agreement, LeavesOutWhatEitherLeavesWithoutLabel) {
  const Agreement found = agreement(Labels{0, 0, 1, 1, -1, 3}, Labels{5, 5, 6, 6, 9, -1});
  EXPECT_EQ(found.items, 4U);
  EXPECT_DOUBLE_EQ(found.nmi, 1);
  EXPECT_DOUBLE_EQ(found.ari, 1);
  EXPECT_TRUE(std::isnan(agreement(Labels{-1, 0}, Labels{0, -1}).nmi));
  EXPECT_TRUE(std::isnan(agreement(Labels{}, Labels{}).ari));
}

TEST(Agreement, CorrectsForChanceInManyItems) {
  base::Random random(3);
  Labels a(200'000);
  Labels b(200'000);
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = static_cast<std::int32_t>(random.below(50));
    b[i] = static_cast<std::int32_t>(random.below(80));
  }
  const Agreement found = agreement(a, b);
  EXPECT_NEAR(found.ari, 0, 1e-3);
  EXPECT_NEAR(found.nmi, 0, 5e-3);
  EXPECT_GT(found.nmi, 0);
}

}  // namespace
}  // namespace wend::discover
