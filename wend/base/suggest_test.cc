// SPDX-License-Identifier: Apache-2.0
#include "wend/base/suggest.h"

#include <vector>

#include <gtest/gtest.h>

namespace wend::base {
namespace {

const std::vector<std::string> kKnown = {"trouter", "knn", "ridge", "best_static", "oracle"};

TEST(NearestName, FindsWhatWasMeant) {
  EXPECT_EQ(nearest_name("truoter", kKnown), "trouter");
  EXPECT_EQ(nearest_name("best-static", kKnown), "best_static");
  EXPECT_EQ(nearest_name("kn", kKnown), "knn");
  EXPECT_EQ(nearest_name("ridges", kKnown), "ridge");
}

TEST(NearestName, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("finerouter_general", kKnown), "");
  EXPECT_EQ(nearest_name("zz", kKnown), "");
  EXPECT_EQ(nearest_name("", kKnown), "");
  EXPECT_EQ(nearest_name("x", std::vector<std::string>{}), "");
}

TEST(NearestName, CountsASwapOfNeighboursAsOneChange) {
  // "abc" -> "bac" is one swap, "abc" -> "xyc" two substitutions.
  EXPECT_EQ(nearest_name("abc", std::vector<std::string>{"xyc", "bac"}), "bac");
}

TEST(NearestName, CompletesWhatWasCutShort) {
  const std::vector<std::string> keys = {"base_url", "api_key_environment", "api_key_env"};
  EXPECT_EQ(nearest_name("api_key", keys), "api_key_env");
  EXPECT_EQ(nearest_name("ba", keys), "");
  // What is near by its letters comes first.
  EXPECT_EQ(nearest_name("cost", std::vector<std::string>{"cost_per_token", "coast"}), "coast");
}

TEST(NearestName, RefusesToMeasureAHostileName) {
  EXPECT_EQ(nearest_name(std::string(1 << 20, 'a'), kKnown), "");
}

TEST(DidYouMean, IsReadyToBeAppended) {
  EXPECT_EQ(did_you_mean("orakle", kKnown), " (did you mean 'oracle'?)");
  EXPECT_EQ(did_you_mean("something else", kKnown), "");
}

TEST(DidYouMeanItBy, NamesWhatStandsThereInstead) {
  const std::vector<std::string> found = {"id", "promt"};
  EXPECT_EQ(did_you_mean_it_by("prompt", found), " (did you mean it by 'promt'?)");
  EXPECT_EQ(did_you_mean_it_by("context", found), "");
}

}  // namespace
}  // namespace wend::base
