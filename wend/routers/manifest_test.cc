// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/ml/artifact.h"
#include "wend/routers/factory.h"

namespace wend::routers {
namespace {

using testing::HasSubstr;

constexpr const char* kGood = R"({"router":"best_static",
  "models":[{"id":"a","params_b":7,"input_price_per_mtok":null},{"id":"b"}],
  "normaliser":{"name":"reference","parameters":{"c_ref":2}},
  "tasks":[{"id":"t1","name":"x > y"}], "config":{"k":1}, "encoder":{"sha256":"of no concern"}})";

std::string refusal(std::string manifest, std::string_view from, std::string_view to) {
  const std::size_t place = manifest.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  const auto parsed = RouterManifest::parse(manifest.replace(place, from.size(), to));
  return parsed ? "accepted" : parsed.error().message;
}

TEST(RouterManifest, GivesBackWhatItWrote) {
  const RouterManifest manifest = RouterManifest::parse(kGood).value();
  EXPECT_EQ(manifest.router, "best_static");
  EXPECT_EQ(manifest.models[0].params_b, 7);
  EXPECT_EQ(manifest.models[0].input_price_per_mtok, std::nullopt);
  EXPECT_EQ(manifest.tasks[0].name, "x > y");
  EXPECT_EQ(manifest.normaliser.invert(0.5), 1.0);
  const RouterManifest again = RouterManifest::parse(manifest.to_json()).value();
  EXPECT_EQ(again.to_json(), manifest.to_json());
  EXPECT_EQ(again.models, manifest.models);
  EXPECT_EQ(again.config_json, R"({"k":1})");
}

TEST(RouterManifest, NamesTheKeyThatIsWrong) {
  EXPECT_THAT(refusal(kGood, "\"router\"", "\"rooter\""), HasSubstr("expected a text 'router'"));
  EXPECT_THAT(refusal(kGood, "\"models\"", "\"model\""), HasSubstr("expected 'models'"));
  EXPECT_THAT(refusal(kGood, "{\"id\":\"b\"}", "3"), HasSubstr("models: expected objects"));
  EXPECT_THAT(refusal(kGood, "\"id\":\"b\"", "\"id\":\"a\""), HasSubstr("'a' is listed twice"));
  EXPECT_THAT(refusal(kGood, ":7", ":-7"), HasSubstr("a: expected 'params_b'"));
  EXPECT_THAT(refusal(kGood, "\"normaliser\"", "\"normalizer\""), HasSubstr("'normaliser'"));
  EXPECT_THAT(refusal(kGood, "reference", "referense"), HasSubstr("manifest.json: normaliser"));
  EXPECT_THAT(refusal(kGood, "\"name\":\"x > y\"", "\"n\":1"), HasSubstr("tasks: expected a text"));
  EXPECT_THAT(refusal(kGood, "{\"k\":1}", "[]"), HasSubstr("'config'"));
  EXPECT_THAT(refusal(kGood, "{", "["), HasSubstr("one JSON object"));
}

constexpr const char* kCorrected = R"({"router":"trouter","models":[{"id":"a"}],
  "normaliser":{"name":"none","parameters":{}},"tasks":[{"id":"t1","name":"x > y"},
  {"id":"t2","name":"x > z"},{"id":"t3","name":"w"}],
  "taxonomy":{"nodes":[{"id":"x","name":"x","children":[{"id":"t1","name":"y"},
  {"id":"t2","name":"z"}]},{"id":"t3","name":"w"}]},
  "overrides":[{"node":"x","model":"a","metric":"cost","mode":"scale","value":1.2}]})";

TEST(RouterManifest, ReadsOverridesAndTheTasksBelowANode) {
  const RouterManifest manifest = RouterManifest::parse(kCorrected).value();
  const core::Override expected = {
      "x", "a", core::OverrideMetric::kCost, {core::OverrideMode::kScale, 1.2}};
  EXPECT_EQ(manifest.overrides, std::vector{expected});
  EXPECT_THAT(manifest.tasks_below("x"), testing::ElementsAre(0, 1));
  EXPECT_THAT(manifest.tasks_below("t3"), testing::ElementsAre(2));
  EXPECT_THAT(manifest.tasks_below("y"), testing::IsEmpty());
  EXPECT_THAT(RouterManifest::parse(kGood).value().tasks_below("t1"), testing::ElementsAre(0));
}

TEST(RouterManifest, NamesTheOverrideThatIsWrong) {
  EXPECT_THAT(refusal(kCorrected, "\"node\"", "\"nude\""),
              HasSubstr("override 1: expected a text"));
  EXPECT_THAT(refusal(kCorrected, "\"cost\"", "\"price\""), HasSubstr("quality or cost"));
  EXPECT_THAT(refusal(kCorrected, "\"scale\"", "\"times\""), HasSubstr("set, add or scale"));
  EXPECT_THAT(refusal(kCorrected, ":1.2", ":-1.2"), HasSubstr("override 1: 'x-1.2'"));
  EXPECT_THAT(refusal(kCorrected, ":1.2", ":\"1.2\""), HasSubstr("a number 'value'"));
  EXPECT_THAT(refusal(kCorrected, "[{\"node\"", "{\"o\":[{\"node\""), HasSubstr("one JSON object"));
  EXPECT_THAT(refusal(kCorrected, "{\"node\":\"x\",", "3,{"),
              HasSubstr("override 1: expected an object"));
  EXPECT_THAT(refusal(kCorrected, "\"t3\",\"name\":\"w\"}]},", "\"t4\",\"name\":\"w\"}]},"),
              HasSubstr("task 't3' is no node"));
}

TEST(LoadRouter, RefusesOverridesThatARouterCannotApply) {
  std::string manifest = kCorrected;
  manifest.replace(manifest.find("trouter"), 7, "knn");
  const auto router = load_router({manifest, {}});
  ASSERT_FALSE(router);
  EXPECT_THAT(router.error().message, HasSubstr("'knn' has no table"));
}

TEST(LoadRouter, NamesARouterThatThisProgramLacks) {
  const auto router = load_router(
      {R"({"router":"trooter","models":[{"id":"a"}],"normaliser":{"name":"none","parameters":{}}})",
       {}});
  ASSERT_FALSE(router);
  EXPECT_THAT(router.error().message, HasSubstr("no router 'trooter' (did you mean 'trouter'?)"));
}

TEST(LoadRouter, NamesTheTensorThatIsMissing) {
  const auto router = load_router({kGood, {}});
  ASSERT_FALSE(router);
  EXPECT_THAT(router.error().message, HasSubstr("tensor 'model_means' is missing"));
}

}  // namespace
}  // namespace wend::routers
