// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::routers {
namespace {

using testing::HasSubstr;

FineRouterOptions parsed(const std::string& spec) {
  return FineRouterOptions::parse(parse_router_spec(spec).value()).value();
}

std::string refusal(const std::string& spec) {
  const auto options = FineRouterOptions::parse(parse_router_spec(spec).value());
  return options ? "accepted" : options.error().message;
}

TEST(FineRouterOptions, PaperProfileHasNothingOfOurs) {
  const FineRouterOptions paper = parsed("finerouter{profile=paper}");
  EXPECT_EQ(paper.inference.mode, ScoreMode::kPaper);
  EXPECT_EQ(paper.inference.statistic, Statistic::kMedian);
  EXPECT_EQ(paper.inference.assign, Assign::kHard);
  EXPECT_EQ(paper.inference.shrink, 0);
  EXPECT_EQ(paper.quality.pull, 0);
  EXPECT_EQ(paper.quality.hidden, 256U);
  EXPECT_EQ(paper.quality.input, InputScale::kUnit);
}

TEST(FineRouterOptions, OptionsOverruleTheirProfileWhereverTheyStand) {
  const FineRouterOptions options = parsed("finerouter{statistic=mean,profile=paper,pull=0.5}");
  EXPECT_EQ(options.inference.statistic, Statistic::kMean);
  EXPECT_EQ(options.quality.pull, 0.5);
  EXPECT_EQ(options.inference.mode, ScoreMode::kPaper);
}

TEST(FineRouterOptions, TellsTheTripHowToFindTheTasks) {
  const DiscoveryChoice choice = parsed(
                                     "finerouter_tasks{tasks=kmeans,clusters=11,rbo=off,"
                                     "rbo_threshold=0.4,objective=cpm,iterations=1}")
                                     .discovery;
  EXPECT_EQ(choice.tasks, TaskSource::kKmeans);
  EXPECT_EQ(choice.clusters, 11U);
  EXPECT_FALSE(choice.rbo);
  EXPECT_EQ(choice.rbo_threshold, 0.4);
  EXPECT_EQ(choice.objective, DiscoveryObjective::kCpm);
  EXPECT_EQ(choice.iterations, 1U);
  EXPECT_EQ(choice.k, 20U);
}

TEST(FineRouterOptions, IterateAsOftenAsDiscoverDoes) {
  EXPECT_EQ(parsed("finerouter{iterations=10}").discovery.iterations,
            DiscoveryChoice::kMostIterations);
  EXPECT_THAT(refusal("finerouter{iterations=11}"), HasSubstr("from 1 to 10"));
}

TEST(FineRouterOptions, AutoIsForTheTrainingToChoose) {
  EXPECT_EQ(parsed("finerouter{alpha=auto}").inference.alpha, std::nullopt);
  EXPECT_EQ(parsed("finerouter{alpha=0}").inference.alpha, 0.0);
  EXPECT_EQ(parsed("finerouter{none_threshold=1}").classifier.none_threshold, 1.0);
  EXPECT_THAT(refusal("finerouter{alpha=1.1}"), HasSubstr("expected auto or a number from 0 to 1"));
  EXPECT_THAT(refusal("finerouter{none_threshold=aut}"), HasSubstr("expected auto or a number"));
}

TEST(FineRouterOptions, ReadsBackWhatItWrote) {
  for (const char* spec : {"finerouter{alpha=0.3,none_threshold=auto,rbo_threshold=0.25}",
                           "finerouter{profile=paper,projection=on,tasks=given}",
                           "finerouter_tasks{assign=hard}",
                           "finerouter_general{hidden=7}"}) {
    const std::string name = parse_router_spec(spec).value().name;
    FineRouterOptions options = parsed(spec);
    auto again = FineRouterOptions::from_json(name, options.to_json());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->to_json(), options.to_json());
    EXPECT_EQ(again->inference.alpha, options.inference.alpha);
    EXPECT_EQ(again->stages, options.stages);
  }
}

TEST(FineRouterOptions, EachRouterHasTheOptionsOfItsStagesAlone) {
  EXPECT_THAT(refusal("finerouter_general{alpha=1}"), HasSubstr("'alpha' is unknown"));
  EXPECT_THAT(refusal("finerouter_general{tasks=given}"), HasSubstr("'tasks' is unknown"));
  EXPECT_THAT(refusal("finerouter_tasks{hidden=8}"), HasSubstr("'hidden' is unknown"));
  EXPECT_EQ(refusal("finerouter{alpha=1,hidden=8,tasks=given,pull=0}"), "accepted");
}

TEST(FineRouterOptions, RefusalsNameTheOptionTheRangeAndTheLikelyName) {
  EXPECT_THAT(refusal("finerouter{tasks=discovre}"), HasSubstr("did you mean 'discover'"));
  EXPECT_THAT(refusal("finerouter{iterations=0}"), HasSubstr("a whole number from 1 to 10"));
  EXPECT_THAT(refusal("finerouter{rbo_p=1}"), HasSubstr("'rbo_p' is '1'; expected a number"));
  EXPECT_THAT(refusal("finerouter{coverage=1.5}"), HasSubstr("a number from 0 to 1"));
}

TEST(FineRouterOptions, RefusesAConfigWithAMissingField) {
  EXPECT_FALSE(FineRouterOptions::from_json("finerouter", "{}"));
  FineRouterOptions tasks = FineRouterOptions::of(Stages::kTasks, FineProfile::kWend);
  EXPECT_FALSE(FineRouterOptions::from_json("finerouter", tasks.to_json()));
  EXPECT_FALSE(FineRouterOptions::from_json("finerouter_tasks", R"({"profile":"wend"})"));
}

}  // namespace
}  // namespace wend::routers
