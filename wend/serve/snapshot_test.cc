// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/serve/routing_plan.h"

namespace wend::serve {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

trips::Config two_models() {
  trips::Config config;
  config.upstreams["local"].base_url = "http://127.0.0.1:8081/v1/";
  config.upstreams["far"].base_url = "https://api.example.com/openai";
  config.upstreams["far"].api_key_env = "FAR_KEY";
  config.models.resize(2);
  config.models[0].id = "small";
  config.models[0].upstream = "local";
  config.models[1].id = "large";
  config.models[1].upstream = "far";
  config.models[1].upstream_model = "big \"one\"";
  return config;
}

std::string far_key(const std::string& name) {
  return name == "FAR_KEY" ? "sk-far" : "";
}

std::string refusal(const trips::Config& config, const Environment& environment = far_key) {
  const auto snapshot = build_snapshot(config, environment, nullptr);
  return snapshot ? "built" : snapshot.error().message;
}

TEST(BuildSnapshot, KnowsWhereEachModelIsAskedAndAsWhat) {
  const auto snapshot = *build_snapshot(two_models(), far_key, nullptr);
  EXPECT_EQ(snapshot->find_model("nobody"), std::nullopt);
  const std::size_t large = *snapshot->find_model("large");
  EXPECT_EQ(snapshot->models[large].name_literal, R"("big \"one\"")");
  const Upstream& far = snapshot->upstream_of(large);
  EXPECT_EQ(far.chat_target, "/openai/chat/completions");
  EXPECT_EQ(far.authorization, "Bearer sk-far");
  EXPECT_TRUE(far.origin.url.tls);
  const Upstream& local = snapshot->upstream_of(*snapshot->find_model("small"));
  EXPECT_EQ(local.chat_target, "/v1/chat/completions");
  EXPECT_EQ(local.authorization, "");
}

TEST(BuildSnapshot, SaysWhichVariableIsMissingAndNeverWhatAnotherHolds) {
  const std::string message = refusal(two_models(), [](const std::string&) { return ""; });
  EXPECT_THAT(message, AllOf(HasSubstr("upstreams.far.api_key_env"), HasSubstr("FAR_KEY")));
  EXPECT_THAT(refusal(two_models(), [](const std::string&) { return "sk-secret\nx: y"; }),
              AllOf(HasSubstr("FAR_KEY"), Not(HasSubstr("sk-secret"))));
}

TEST(BuildSnapshot, RefusesWhatCannotBeServed) {
  trips::Config config = two_models();
  config.upstreams["local"].base_url = "ftp://x";
  EXPECT_THAT(refusal(config), HasSubstr("upstreams.local.base_url"));
  config = two_models();
  config.models[0].upstream = "";
  EXPECT_THAT(refusal(config), HasSubstr("'small' names no upstream"));
  config = two_models();
  config.models[1].id = "auto:large";
  EXPECT_THAT(refusal(config), HasSubstr("'auto:large' asks to be routed"));
  config = two_models();
  config.serve.api_keys_env = "KEYS";
  EXPECT_THAT(refusal(config, [](const std::string& name) { return name == "KEYS" ? "," : "sk"; }),
              HasSubstr("KEYS holds no key"));
  config = two_models();
  config.models.clear();
  EXPECT_THAT(refusal(config), HasSubstr("no models"));
}

TEST(BuildSnapshot, KeepsTheHealthOfAnUpstreamOverAReload) {
  const auto before = *build_snapshot(two_models(), far_key, nullptr);
  before->upstreams[0].health->failed(UpstreamHealth::Instant::clock::now(),
                                      UpstreamHealth::Instant::clock::now());
  trips::Config config = two_models();
  config.upstreams["new"].base_url = "http://127.0.0.1:1/v1";
  const auto after = *build_snapshot(config, far_key, before.get());
  for (const Upstream& upstream : before->upstreams) {
    const auto same = std::ranges::find(after->upstreams, upstream.name, &Upstream::name);
    EXPECT_EQ(same->health, upstream.health);
  }
}

TEST(BuildSnapshot, BeginsTheHealthOfAnUpstreamThatMovedAnew) {
  const auto before = *build_snapshot(two_models(), far_key, nullptr);
  trips::Config config = two_models();
  config.upstreams["local"].base_url = "http://127.0.0.1:8082/v1/";
  const auto after = *build_snapshot(config, far_key, before.get());
  const auto kept = [&](const char* name) {
    const auto old = std::ranges::find(before->upstreams, name, &Upstream::name);
    const auto now = std::ranges::find(after->upstreams, name, &Upstream::name);
    return old->health == now->health;
  };
  EXPECT_FALSE(kept("local"));
  EXPECT_TRUE(kept("far"));
}

llm::ChatView asking_for(const std::string& model) {
  llm::ChatView view;
  view.model = model;
  return view;
}

TEST(MakePlan, TakesAModelByItsName) {
  const auto snapshot = *build_snapshot(two_models(), far_key, nullptr);
  EXPECT_EQ(make_plan(*snapshot, asking_for("large"), {})->named, snapshot->find_model("large"));
}

TEST(MakePlan, SuggestsTheModelThatWasMeant) {
  const auto snapshot = *build_snapshot(two_models(), far_key, nullptr);
  const auto refused = make_plan(*snapshot, asking_for("larg"), {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().status, 404);
  EXPECT_EQ(refused.error().param, "model");
  EXPECT_EQ(refused.error().code, "model_not_found");
  EXPECT_THAT(refused.error().message, HasSubstr("did you mean 'large'?"));
}

TEST(MakePlan, SaysThatNothingIsRoutedWithoutAnArtifact) {
  const auto snapshot = *build_snapshot(two_models(), far_key, nullptr);
  const auto refused = make_plan(*snapshot, asking_for("auto"), {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("router.artifact"));
  EXPECT_EQ(make_plan(*snapshot, asking_for("auto:cheap"), {}).error().status, 400);
}

}  // namespace
}  // namespace wend::serve
