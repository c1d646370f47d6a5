// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/options.h"

#include <gtest/gtest.h>

namespace wend::routers {
namespace {

std::string refusal(const std::string& spec) {
  const auto options = TRouterOptions::parse(parse_router_spec(spec).value());
  return options ? "accepted" : options.error().message;
}

TEST(TRouterOptions, ProfileSetsStartingValuesThatOtherOptionsOverrule) {
  const auto options =
      TRouterOptions::parse(parse_router_spec("trouter{dropout=0.2,profile=code}").value());
  ASSERT_TRUE(options);
  EXPECT_EQ(options->training.width, 384U);
  EXPECT_EQ(options->training.head_layers, 3U);
  EXPECT_EQ(options->training.optimizer, OptimizerName::kAdamW);
  EXPECT_EQ(options->training.dropout, 0.2);
}

TEST(TRouterOptions, PaperProfileHasNothingOfOurs) {
  const TRouterOptions paper = TRouterOptions::of(Profile::kPaper);
  EXPECT_EQ(paper.table, TableKind::kHead);
  EXPECT_EQ(paper.training.start, HeadStart::kPlain);
  EXPECT_EQ(paper.training.input, InputScale::kUnit);
  EXPECT_EQ(paper.training.learning_rate, 1e-4);
  EXPECT_EQ(paper.training.width, 256U);
  EXPECT_EQ(paper.training.stop, StopBy::kUtility);
  EXPECT_EQ(paper.tau, 0.07);
}

TEST(TRouterOptions, ReadsBackWhatItWrote) {
  TRouterOptions options =
      TRouterOptions::parse(
          parse_router_spec("trouter{scorer=bilinear,level=1,regularisation=off,epochs=7,lr=3e-4}")
              .value())
          .value();
  auto again = TRouterOptions::from_json(options.to_json());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->to_json(), options.to_json());
  EXPECT_EQ(again->scorer, Scorer::kBilinear);
  EXPECT_FALSE(again->regularisation);
}

TEST(TRouterOptions, RefusalsNameTheOptionTheRangeAndTheLikelyName) {
  EXPECT_NE(refusal("trouter{scorer=parwise}").find("did you mean 'pairwise'"), std::string::npos);
  EXPECT_NE(refusal("trouter{scorrer=pairwise}").find("did you mean 'scorer'"), std::string::npos);
  EXPECT_NE(refusal("trouter{level=domian}").find("did you mean 'domain'"), std::string::npos);
  EXPECT_NE(refusal("trouter{epochs=0}").find("'epochs' is '0'; expected a whole number from 1"),
            std::string::npos);
  for (const char* value : {"1.5", "nan", "-1", "3x", "1e99"}) {
    EXPECT_NE(refusal(std::string("trouter{epochs=") + value + "}"), "accepted") << value;
  }
  EXPECT_NE(refusal("trouter{lr=inf}"), "accepted");
  EXPECT_NE(refusal("trouter{assumption1=false}").find("off, on"), std::string::npos);
}

TEST(TRouterOptions, RefusesAConfigWithAMissingField) {
  EXPECT_FALSE(TRouterOptions::from_json("{}"));
  EXPECT_FALSE(TRouterOptions::from_json("[]"));
  EXPECT_FALSE(TRouterOptions::from_json("{\"profile\":"));
}

TEST(Metrics, KeepsThoseThatTheSetHas) {
  const auto text = [](const std::string& typed, MetricsAvailable available) {
    return metrics_text(parse_metrics(typed, available).value());
  };
  EXPECT_EQ(text("quality+cost", {true, false}), "quality+cost");
  EXPECT_EQ(text("cost+quality+latency", {true, true}), "quality+cost+latency");
  EXPECT_EQ(text("quality+cost+latency", {true, false}), "quality+cost");
  EXPECT_EQ(text("quality+cost", {false, false}), "quality");
  EXPECT_FALSE(parse_metrics("cost", {true, false}));
  EXPECT_NE(
      parse_metrics("quality+costs", {true, true}).error().message.find("did you mean 'cost'"),
      std::string::npos);
}

core::Taxonomy uneven_tree() {
  std::vector<core::TaskNode> nodes(4);
  nodes[0].id = "a";
  nodes[1].id = "a1";
  nodes[1].parent = 0;
  nodes[2].id = "a2";
  nodes[2].parent = 0;
  nodes[3].id = "b";  // A domain without subcategories stands for itself.
  for (core::TaskNode& node : nodes) {
    node.name = node.id;
  }
  return core::Taxonomy::build(nodes).value();
}

TEST(TasksAt, MapsWordsToTheLevelsThereAre) {
  const core::Taxonomy tree = uneven_tree();
  EXPECT_EQ(tasks_at(tree, "domain").value(), (std::vector<std::size_t>{0, 3}));
  EXPECT_EQ(tasks_at(tree, "leaves").value(), (std::vector<std::size_t>{1, 2, 3}));
  EXPECT_EQ(tasks_at(tree, "subcategory").value(), tasks_at(tree, "difficulty").value());
  EXPECT_EQ(tasks_at(tree, "0").value(), tasks_at(tree, "domain").value());
  EXPECT_FALSE(tasks_at(tree, "2"));
  EXPECT_FALSE(tasks_at(core::Taxonomy(), "leaves"));
}

}  // namespace
}  // namespace wend::routers
