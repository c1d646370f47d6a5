// SPDX-License-Identifier: Apache-2.0
#include "wend/core/preference.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::core {
namespace {

using ::testing::HasSubstr;

TEST(Preference, KnowsTheThreeNamesAndEveryNumberFromZeroToOne) {
  EXPECT_EQ(parse_preference("cost")->mu, 0.2);
  EXPECT_EQ(parse_preference("balanced")->mu, 0.5);
  EXPECT_EQ(parse_preference("quality")->mu, 0.8);
  EXPECT_EQ(parse_preference("0")->mu, 0.0);
  EXPECT_EQ(parse_preference("1")->mu, 1.0);
  EXPECT_EQ(parse_preference("0.65")->mu, 0.65);
  EXPECT_FALSE(std::signbit(parse_preference("-0")->mu));
}

TEST(Preference, RefusesWhatIsNoPreferenceAndSuggestsAName) {
  EXPECT_THAT(parse_preference("qualty").error().message, HasSubstr("did you mean 'quality'?"));
  for (const char* text :
       {"", " ", "nan", "inf", "-0.1", "1.0001", "0.5x", "1e999", "0,5", "--1"}) {
    const auto preference = parse_preference(text);
    ASSERT_FALSE(preference) << text;
    EXPECT_THAT(preference.error().message, HasSubstr("from 0 to 1")) << text;
  }
}

TEST(Utility, MatchesTheVectorsOfSection13) {
  const double quality = 0.4260;
  const double cost = 0.0641;
  EXPECT_NEAR(utility({0.2}, quality, cost), 0.03392, 1e-12);
  EXPECT_NEAR(utility({0.5}, quality, cost), 0.18095, 1e-12);
  EXPECT_NEAR(utility({0.8}, quality, cost), 0.32798, 1e-12);
  double sum = 0;
  for (const NamedPreference& named : kNamedPreferences) {
    sum += utility({named.mu}, quality, cost);
  }
  EXPECT_NEAR(sum, 0.54285, 1e-12);
}

}  // namespace
}  // namespace wend::core
