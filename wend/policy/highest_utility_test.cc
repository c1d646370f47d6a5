// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/policy/policy.h"

namespace wend::policy {
namespace {

using testing::HasSubstr;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

const std::vector<core::ModelCard> kModels = {
    {"small", {}, {}, {}}, {"medium", {}, {}, {}}, {"large", {}, {}, {}}};

core::ModelScore score(float quality, float cost_normalised, std::optional<double> cost = {}) {
  return {quality, {}, cost_normalised, cost, {}};
}

base::Result<core::Decision> decide(const std::vector<core::ModelScore>& scores,
                                    const Request& request) {
  return HighestUtility().decide({scores, {}}, kModels, request);
}

TEST(HighestUtility, WeighsQualityAgainstCostByThePreference) {
  const std::vector<core::ModelScore> scores = {
      score(0.4F, 0.05F), score(0.6F, 0.3F), score(0.8F, 0.9F)};
  EXPECT_EQ(decide(scores, {{0.2}})->model, 0);
  EXPECT_EQ(decide(scores, {{0.5}})->model, 0);
  EXPECT_EQ(decide(scores, {{0.7}})->model, 1);
  EXPECT_EQ(decide(scores, {{1.0}})->model, 2);
  const core::Decision decision = *decide(scores, {{0.5}});
  EXPECT_EQ(decision.reason, "highest_utility");
  ASSERT_EQ(decision.candidates.size(), 3);
  EXPECT_NEAR(decision.candidates[1].utility, 0.15, 1e-6);
}

TEST(HighestUtility, TiesGoToTheLowerCostThenTheLowerIndex) {
  EXPECT_EQ(decide({score(0.5F, 0.5F), score(0.25F, 0.25F), score(0.25F, 0.25F)}, {{0.5}})->model,
            1);
  EXPECT_EQ(decide({score(1, 0.5F), score(1, 0.25F), score(1, 0.25F)}, {{1.0}})->model, 1);
  EXPECT_EQ(decide({score(0, 0), score(0, 0), score(0, 0)}, {{0.5}})->model, 0);
}

TEST(HighestUtility, NeverChoosesWhatHasNoNumberToCompare) {
  const base::Result<core::Decision> decision =
      decide({score(0.9F, kNaN), score(kNaN, 0), score(0.1F, 1)}, {{0.5}});
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->model, 2);
  EXPECT_EQ(decision->reason, "only_candidate");
  EXPECT_EQ(decision->candidates[0].excluded, "no predicted cost");
  EXPECT_EQ(decision->candidates[1].excluded, "no predicted quality");
}

TEST(HighestUtility, FiltersByTheAllowListAndThePredictedCostInCurrency) {
  const std::vector<core::ModelScore> scores = {
      score(0.4F, 0.0F, 0.001), score(0.6F, 0.1F, 0.002), score(0.9F, 0.2F, 0.01)};
  Request request{{0.8}};
  request.allowed_models = {"*m*"};
  EXPECT_EQ(decide(scores, request)->model, 1);
  EXPECT_EQ(decide(scores, request)->candidates[2].excluded, "not in the allowed models");
  request.allowed_models = {};
  request.max_cost = 0.002;
  EXPECT_EQ(decide(scores, request)->model, 1);
  EXPECT_EQ(decide(scores, request)->candidates[2].excluded,
            "predicted cost 0.01 is above max_cost 0.002");
}

TEST(HighestUtility, LetsNoUnknownCostPassALimit) {
  Request request{{0.8}};
  request.max_cost = 1;
  const base::Result<core::Decision> decision =
      decide({score(0.9F, 0.0F), score(0.9F, 0, kNaN), score(0.1F, 0.5F, 0.5)}, request);
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->model, 2);
  EXPECT_THAT(decision->candidates[0].excluded, HasSubstr("no predicted cost"));
  EXPECT_THAT(decision->candidates[1].excluded, HasSubstr("no predicted cost"));
}

TEST(HighestUtility, SaysWhatRemovedEachModelWhenNothingIsLeft) {
  Request request{{0.5}};
  request.allowed_models = {"medium", "large"};
  request.max_cost = 0.001;
  const base::Result<core::Decision> decision =
      decide({score(1, 0, 0.0), score(1, 0, 0.5), score(kNaN, 0, 0.0)}, request);
  ASSERT_FALSE(decision);
  EXPECT_EQ(decision.error().code, base::Code::kFailedPrecondition);
  EXPECT_EQ(decision.error().message,
            "no model is left to choose: 'small': not in the allowed models; 'medium': predicted "
            "cost 0.5 is above max_cost 0.001; 'large': no predicted quality");
}

TEST(HighestUtility, TakesARulesOwnModelWhateverItsScores) {
  Request request{{0.5}};
  request.pinned = 2;
  const base::Result<core::Decision> decision =
      decide({score(1, 0), score(1, 0), score(kNaN, kNaN)}, request);
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->model, 2);
  EXPECT_EQ(decision->reason, "rule");
}

TEST(HighestUtility, ComparesTheOthersWhenARulesModelMayNotBeUsed) {
  Request request{{0.5}};
  request.pinned = 2;
  request.allowed_models = {"small", "medium"};
  const base::Result<core::Decision> decision =
      decide({score(0.5F, 0), score(0.7F, 0), score(1, 0)}, request);
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->model, 1);
  EXPECT_EQ(decision->reason, "highest_utility");
  EXPECT_EQ(decision->candidates[2].excluded, "not in the allowed models");
}

}  // namespace
}  // namespace wend::policy
