// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::routers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string refusal(std::string_view text) {
  const auto specs = parse_router_specs(text);
  return specs ? "accepted" : specs.error().message;
}

std::vector<std::string> texts(const std::vector<RouterSpec>& specs) {
  std::vector<std::string> all;
  for (const RouterSpec& spec : specs) {
    all.push_back(spec.text);
  }
  return all;
}

TEST(RouterSpec, KeepsTheTextAsTyped) {
  const RouterSpec spec = parse_router_spec(" knn{k=40, temperature=0.1} ").value();
  EXPECT_EQ(spec.text, "knn{k=40, temperature=0.1}");
  EXPECT_EQ(spec.name, "knn");
  EXPECT_THAT(spec.options, ElementsAre(Pair("k", "40"), Pair("temperature", "0.1")));
}

TEST(RouterSpec, LeavesCommasInsideBracesToTheSpec) {
  const auto specs = parse_router_specs("best_static,trouter{level=domain,profile=code},knn{}");
  ASSERT_TRUE(specs) << specs.error().message;
  EXPECT_THAT(texts(*specs),
              ElementsAre("best_static", "trouter{level=domain,profile=code}", "knn{}"));
  EXPECT_EQ((*specs)[1].options.at("profile"), "code");
}

TEST(RouterSpec, TakesModelIdsWithUnusualCharacters) {
  const RouterSpec spec = parse_router_spec("model{id=O1-Mini (N=1) (High)}").value();
  EXPECT_EQ(spec.options.at("id"), "O1-Mini (N=1) (High)");
}

TEST(RouterSpec, AllIsEveryRouterThatNeedsNoOption) {
  EXPECT_THAT(texts(parse_router_specs("all").value()),
              ElementsAre("random",
                          "smallest",
                          "largest",
                          "adaptive",
                          "best_static",
                          "zero",
                          "task_oracle",
                          "oracle",
                          "knn",
                          "ridge",
                          "metric",
                          "trouter",
                          "finerouter"));
}

TEST(RouterSpec, TellsWhatTheUserNamedFromWhatAllBroughtIn) {
  EXPECT_EQ(parse_router_specs("all").value().front().named, Named::kByAll);
  EXPECT_EQ(parse_router_specs("smallest").value().front().named, Named::kByUser);
}

TEST(RouterSpec, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(refusal("trooter"), HasSubstr("'trooter' is unknown (did you mean 'trouter'?)"));
  EXPECT_THAT(refusal(""), HasSubstr("'' is unknown"));
  EXPECT_THAT(refusal("knn,,ridge"), HasSubstr("'' is unknown"));
  EXPECT_THAT(refusal("knn{k=3"), HasSubstr("closing brace"));
  EXPECT_THAT(refusal("knn{k=3}}"), HasSubstr("closing brace"));
  EXPECT_THAT(refusal("knn}"), HasSubstr("'knn}' is unknown"));
  EXPECT_THAT(refusal("knn{k}"), HasSubstr("'k' is no option"));
  EXPECT_THAT(refusal("knn{k=}"), HasSubstr("'k=' is no option"));
  EXPECT_THAT(refusal("knn{k=1,k=2}"), HasSubstr("option 'k' stands twice"));
  EXPECT_THAT(refusal("knn,ridge,knn"), HasSubstr("'knn' is listed twice"));
}

}  // namespace
}  // namespace wend::routers
