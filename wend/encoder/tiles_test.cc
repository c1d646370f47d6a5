// SPDX-License-Identifier: Apache-2.0
#include "wend/encoder/tiles.h"

#include <gmock/gmock.h>

namespace wend::encoder {
namespace {

using testing::ElementsAre;

TEST(PlanTiles, PacksTheLongestFirstUpToTheRows) {
  const std::vector<std::size_t> lengths = {30, 100, 60, 128, 40, 20};
  EXPECT_THAT(plan_tiles(lengths, 128),
              ElementsAre(ElementsAre(3), ElementsAre(1), ElementsAre(2, 4), ElementsAre(0, 5)));
}

TEST(PlanTiles, GivesATooLongTextATileOfItsOwn) {
  const std::vector<std::size_t> lengths = {1, 500, 2};
  EXPECT_THAT(plan_tiles(lengths, 64), ElementsAre(ElementsAre(1), ElementsAre(2, 0)));
}

TEST(PlanTiles, OfNothingIsNothing) {
  EXPECT_TRUE(plan_tiles({}, 64).empty());
}

}  // namespace
}  // namespace wend::encoder
