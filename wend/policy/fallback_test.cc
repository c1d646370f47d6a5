// SPDX-License-Identifier: Apache-2.0
#include "wend/policy/fallback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/policy/policy.h"

namespace wend::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<core::ModelCard> kModels = {
    {"tiny", {}, {}, {}}, {"small", {}, {}, {}}, {"large", {}, {}, {}}, {"huge", {}, {}, {}}};

core::Scores scores() {
  return {{{0.1F, {}, 0.0F, 0.001, {}},
           {0.5F, {}, 0.1F, 0.002, {}},
           {0.9F, {}, 0.3F, 0.003, {}},
           {0.9F, {}, 0.9F, 0.009, {}}},
          {}};
}

TEST(FallbackOrder, GoesFromTheChosenToTheNextBest) {
  const auto decision = HighestUtility().decide(scores(), kModels, {{0.5}});
  EXPECT_THAT(fallback_order(*decision), ElementsAre(2, 1, 0, 3));
}

TEST(FallbackOrder, LeavesOutWhatMayNotBeUsed) {
  Request request{{0.5}, {"tiny", "huge", "small"}};
  request.max_cost = 0.005;
  const auto decision = HighestUtility().decide(scores(), kModels, request);
  EXPECT_THAT(fallback_order(*decision), ElementsAre(1, 0));
}

TEST(FallbackOrder, BeginsWithARulesOwnChoiceHoweverItScores) {
  Request request{{0.5}};
  request.pinned = 3;
  const auto decision = HighestUtility().decide(scores(), kModels, request);
  EXPECT_THAT(fallback_order(*decision), ElementsAre(3, 2, 1, 0));
}

TEST(HighestUtility, AsksWhatAModelCanDoBeforeAnythingElse) {
  Request request{{0.5}, {"large", "tiny"}};
  request.incapable = {"", "", "cannot see images", "cannot see images"};
  const auto decision = HighestUtility().decide(scores(), kModels, request);
  ASSERT_TRUE(decision.has_value());
  EXPECT_EQ(decision->model, 0);
  EXPECT_EQ(decision->candidates[2].excluded, "cannot see images");
  EXPECT_EQ(decision->candidates[3].excluded, "cannot see images");
  EXPECT_THAT(decision->candidates[1].excluded, HasSubstr("allowed"));
}

TEST(HighestUtility, ARulesChoiceThatCannotTakeTheRequestIsPassedOver) {
  Request request{{0.5}};
  request.pinned = 3;
  request.incapable = {"", "", "", "takes 100 tokens"};
  EXPECT_EQ(HighestUtility().decide(scores(), kModels, request)->model, 2);
}

}  // namespace
}  // namespace wend::policy
