// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/capabilities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::serve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A router of four models, of which the configuration has three.
Snapshot four_models() {
  Snapshot snapshot;
  snapshot.models.resize(3);
  snapshot.models[0].can_vision = false;
  snapshot.models[1].can_tools = false;
  snapshot.models[1].context = 1000;
  snapshot.served = {0, 1, std::nullopt, 2};
  return snapshot;
}

TEST(IncapableModels, NamesWhatEachLacks) {
  const Snapshot snapshot = four_models();
  EXPECT_THAT(incapable_models(snapshot, {}), ElementsAre("", "", HasSubstr("configuration"), ""));
  EXPECT_THAT(incapable_models(snapshot, {.vision = true}),
              ElementsAre("cannot see images", "", HasSubstr("configuration"), ""));
  EXPECT_THAT(incapable_models(snapshot, {.tools = true}),
              ElementsAre("", "cannot call tools", HasSubstr("configuration"), ""));
}

TEST(IncapableModels, HoldsTheTokensAgainstTheContext) {
  const Snapshot snapshot = four_models();
  EXPECT_EQ(incapable_models(snapshot, {.prompt_tokens = 600, .answer_tokens = 400})[1], "");
  EXPECT_EQ(incapable_models(snapshot, {.prompt_tokens = 1001})[1],
            "takes 1000 tokens, the request needs about 1001");
}

llm::ChatView said(std::string text) {
  llm::ChatView view;
  view.conversation = {{{core::Role::kUser, std::move(text)}}};
  return view;
}

TEST(EstimateTokens, IsNearWhatTokenizersCount) {
  EXPECT_EQ(estimate_tokens(said("")), 4);
  EXPECT_EQ(estimate_tokens(said("What is the capital of France?")), 12);  // 30 letters.
  EXPECT_EQ(estimate_tokens(said("東京はどこ")), 9);                       // A character each.
}

TEST(EstimateTokens, TakesAnyBytes) {
  EXPECT_EQ(estimate_tokens(said("\xff\xfe\x80\x80")), 6);
}

TEST(EstimateTokens, CountsSchemasAndImages) {
  llm::ChatView view = said("12345678");
  view.schema_bytes = 401;
  EXPECT_EQ(estimate_tokens(view), 6 + 101);
  view.images = 2;
  EXPECT_EQ(estimate_tokens(view), 6 + 101 + 2'000);
}

TEST(FieldBeyondAll, NamesWhatNoModelCanTake) {
  Snapshot snapshot = four_models();
  snapshot.served = {1, std::nullopt};  // No tools, 1,000 tokens.
  llm::ChatView view = said("12345678");
  EXPECT_EQ(field_beyond_all(snapshot, view), "");
  view.max_tokens = 1000;
  view.max_tokens_field = "max_completion_tokens";
  EXPECT_EQ(field_beyond_all(snapshot, view), "max_completion_tokens");
  view.schema_bytes = 4000;
  EXPECT_EQ(field_beyond_all(snapshot, view), "messages");
  view.tools_field = "functions";
  EXPECT_EQ(field_beyond_all(snapshot, view), "functions");
  snapshot.models[1].can_vision = false;
  view.images = 1;
  EXPECT_EQ(field_beyond_all(snapshot, view), "messages");
  snapshot.served = {1, 2};  // And one that can do all.
  EXPECT_EQ(field_beyond_all(snapshot, view), "");
}

TEST(NeedsOf, AddsTheAnswerThatIsAskedFor) {
  llm::ChatView view = said("12345678");
  EXPECT_EQ(needs_of(view).tokens(), 6);
  view.max_tokens = 500;
  EXPECT_EQ(needs_of(view).tokens(), 506);
  view.max_tokens = -3;
  EXPECT_EQ(needs_of(view).tokens(), 6);
  view.max_tokens = std::numeric_limits<std::int64_t>::max();
  EXPECT_GT(needs_of(view).tokens(), 1LL << 39);
}

}  // namespace
}  // namespace wend::serve
