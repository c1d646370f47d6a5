// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/group_sizes.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::discover {
namespace {

using testing::Each;
using testing::ElementsAre;

TEST(NumberBySize, PutsTheLargestFirstAndEqualsByTheirFirstMember) {
  std::vector<std::int32_t> group = {7, 2, 5, 5, 2, 9, 5, 7};  // Numbers may have gaps.
  EXPECT_EQ(number_by_size(group), 4U);
  EXPECT_THAT(group, ElementsAre(1, 2, 0, 0, 2, 3, 0, 1));
}

TEST(NumberBySize, DissolvesSmallGroupsAndLeavesWhoHasNone) {
  std::vector<std::int32_t> group = {3, -1, 0, 3, 1, 1, 1, 0, 2};
  EXPECT_EQ(number_by_size(group, 3), 1U);
  EXPECT_THAT(group, ElementsAre(-1, -1, -1, -1, 0, 0, 0, -1, -1));
}

TEST(NumberBySize, TakesNobodyAndNoGroup) {
  EXPECT_EQ(number_by_size({}), 0U);
  std::vector<std::int32_t> group = {-1, -1};
  EXPECT_EQ(number_by_size(group), 0U);
  EXPECT_THAT(group, Each(-1));
}

}  // namespace
}  // namespace wend::discover
