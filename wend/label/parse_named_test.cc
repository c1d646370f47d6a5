// SPDX-License-Identifier: Apache-2.0
#include "wend/label/parse_named.h"

#include <vector>

#include <gtest/gtest.h>

namespace wend::label {
namespace {

const std::vector<std::string> kNames = {"gpt-4", "gpt-4.1", "small", "Small", "qwen2.5:0.5b", "m"};

/// The name that is meant; "" where none is.
std::string named(std::string_view reply) {
  const auto found = parse_named(reply, kNames);
  return found ? kNames[*found] : "";
}

TEST(ParseNamed, TakesANameAlone) {
  EXPECT_EQ(named("gpt-4"), "gpt-4");
  EXPECT_EQ(named("  gpt-4.1\n"), "gpt-4.1");
  EXPECT_EQ(named("small"), "small");
  EXPECT_EQ(named("Small."), "Small");
  EXPECT_EQ(named("m"), "m");
}

TEST(ParseNamed, TakesANameInMarks) {
  EXPECT_EQ(named("**gpt-4.1**"), "gpt-4.1");
  EXPECT_EQ(named("`qwen2.5:0.5b`"), "qwen2.5:0.5b");
  EXPECT_EQ(named("“small”"), "small");
  EXPECT_EQ(named("- gpt-4: cheap enough"), "gpt-4");
  EXPECT_EQ(named(R"({"model": "gpt-4", "why": "cheap"})"), "gpt-4");
  EXPECT_EQ(named("Answer: gpt-4.1"), "gpt-4.1");
  EXPECT_EQ(named("<think>small or gpt-4?</think>\ngpt-4"), "gpt-4");
}

TEST(ParseNamed, TakesTheOneNameInASentence) {
  EXPECT_EQ(named("I would send it to gpt-4.1."), "gpt-4.1");
  EXPECT_EQ(named("The best is gpt-4, since gpt-4 knows law."), "gpt-4");
  EXPECT_EQ(named("It is not hard. I choose small."), "small");
  EXPECT_EQ(named("选择small。"), "small");
}

TEST(ParseNamed, MeansTheLongestOfNamesThatHoldOneAnother) {
  EXPECT_EQ(named("gpt-4.1"), "gpt-4.1");
  EXPECT_EQ(named("I take gpt-4.1: it is cheap"), "gpt-4.1");
  EXPECT_EQ(named("I take gpt-4. It is cheap"), "gpt-4");
}

TEST(ParseNamed, RefusesTheNameOfSomethingElse) {
  EXPECT_EQ(named("gpt-4o"), "");
  EXPECT_EQ(named("gpt-4.1-mini"), "");
  EXPECT_EQ(named("openai/gpt-4"), "");
  EXPECT_EQ(named("gpt-4.12"), "");
  EXPECT_EQ(named("smallest"), "");
  EXPECT_EQ(named("gpt"), "");
  EXPECT_EQ(named("claude"), "");
}

TEST(ParseNamed, RefusesWhatIsNotCertain) {
  EXPECT_EQ(named("gpt-4 or small"), "");
  EXPECT_EQ(named("small, Small"), "");
  EXPECT_EQ(named("I would not use gpt-4 here"), "");
  EXPECT_EQ(named("You don't need gpt-4.1"), "");
  EXPECT_EQ(named("You don’t need gpt-4.1"), "");
  EXPECT_EQ(named("rather than gpt-4"), "");
  EXPECT_EQ(named("<think>gpt-4 it"), "");
  EXPECT_EQ(named(""), "");
  EXPECT_EQ(named("..."), "");
}

TEST(ParseNamed, PassesOverCaseWhereNamesDifferInMore) {
  EXPECT_EQ(named("GPT-4"), "gpt-4");
  EXPECT_EQ(named("Qwen2.5:0.5B"), "qwen2.5:0.5b");
  EXPECT_EQ(named("SMALL"), "");
  EXPECT_EQ(named("GPT-4, or better small"), "");
}

TEST(ParseNamed, HasNothingToFindAmongNoNames) {
  EXPECT_EQ(parse_named("small", {}), std::nullopt);
  const std::vector<std::string> empty = {""};
  EXPECT_EQ(parse_named("", empty), std::nullopt);
}

}  // namespace
}  // namespace wend::label
