// SPDX-License-Identifier: Apache-2.0
#include "wend/policy/allow_list.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::policy {
namespace {

TEST(AllowList, MatchesWholeNamesWithStarsForAnyText) {
  EXPECT_TRUE(matches_pattern("gpt-5", "gpt-5"));
  EXPECT_FALSE(matches_pattern("gpt-5", "gpt-5-mini"));
  EXPECT_TRUE(matches_pattern("gpt*", "gpt"));
  EXPECT_TRUE(matches_pattern("*mini", "gpt-5-mini"));
  EXPECT_TRUE(matches_pattern("g*5*i", "gpt-5-mini"));
  EXPECT_FALSE(matches_pattern("g*5*x", "gpt-5-mini"));
  EXPECT_TRUE(matches_pattern("**", ""));
  EXPECT_FALSE(matches_pattern("", "a"));
  EXPECT_TRUE(matches_pattern("*ab*ab", "aabab"));
  EXPECT_FALSE(matches_pattern("GPT-5", "gpt-5"));
}

TEST(AllowList, TakesNoExponentialTimeOnManyStars) {
  const std::string id(20000, 'a');
  EXPECT_FALSE(matches_pattern("*a*a*a*a*a*a*a*a*b", id));
}

TEST(AllowList, AllowsAllWhenEmpty) {
  EXPECT_TRUE(is_allowed({}, "anything"));
  const std::vector<std::string> patterns = {"a", "b*"};
  EXPECT_TRUE(is_allowed(patterns, "bee"));
  EXPECT_FALSE(is_allowed(patterns, "ab"));
}

TEST(AllowList, NamesThePatternThatMatchesNothingAndWhatWasMeant) {
  const std::vector<core::ModelCard> models = {{"qwen-7b", {}, {}, {}}, {"llama-8b", {}, {}, {}}};
  const std::vector<std::string> good = {"qwen*", "llama-8b"};
  EXPECT_TRUE(check_allowed_models(good, models));
  const std::vector<std::string> bad = {"qwen*", "lama-8b"};
  const base::Status status = check_allowed_models(bad, models);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, testing::HasSubstr("'lama-8b'"));
  EXPECT_THAT(status.error().message, testing::HasSubstr("did you mean 'llama-8b'?"));
}

}  // namespace
}  // namespace wend::policy
