// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/preference_order.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/serve/model_name.h"

namespace wend::serve {
namespace {

using testing::HasSubstr;

TEST(Preferred, TakesTheBodyOverTheHeaderOverTheNameOverTheConfiguration) {
  const std::string header = "0.3";
  PreferenceSources sources;
  sources.configured = {0.1};
  EXPECT_EQ(preferred(sources)->mu, 0.1);
  sources.model_name = {0.2};
  EXPECT_EQ(preferred(sources)->mu, 0.2);
  sources.header = &header;
  EXPECT_EQ(preferred(sources)->mu, 0.3);
  sources.body = {0.4};
  EXPECT_EQ(preferred(sources)->mu, 0.4);
}

TEST(Preferred, SaysOfAWrongHeaderEvenWhereTheBodyWins) {
  const std::string header = "cheap";
  PreferenceSources sources;
  sources.header = &header;
  sources.body = {0.4};
  const auto refused = preferred(sources);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("x-wend-preference"));
}

TEST(ParseAutoName, KnowsTheVirtualNamesAndLeavesTheOthers) {
  EXPECT_FALSE((*parse_auto_name("auto"))->preference.has_value());
  EXPECT_EQ((*parse_auto_name("auto:cost"))->preference->mu, 0.2);
  EXPECT_EQ((*parse_auto_name("auto:0.65"))->preference->mu, 0.65);
  EXPECT_FALSE(parse_auto_name("gpt-5")->has_value());
  EXPECT_FALSE(parse_auto_name("automatic")->has_value());
  EXPECT_FALSE(parse_auto_name("")->has_value());
}

TEST(ParseAutoName, RefusesAPreferenceThatIsNone) {
  for (const char* name :
       {"auto:", "auto:cheap", "auto:1.5", "auto:-0.1", "auto:nan", "auto: 0.5x"}) {
    EXPECT_FALSE(parse_auto_name(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace wend::serve
