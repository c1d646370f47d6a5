// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_space.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wend::trips {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

routers::RouterSpec spec_of(std::string_view text) {
  return routers::parse_router_spec(text).value();
}

/// The options of which something is tried, in the order of the space.
std::vector<std::string> tried(std::string_view spec, TasksFrom from = TasksFrom::kCollection) {
  std::vector<std::string> options;
  for (const TuningChoice& choice : tuning_space(spec_of(spec), from)) {
    options.push_back(choice.front().begin()->first);
  }
  return options;
}

TEST(TuningSpace, IsOfTheStagesThatTheRouterHas) {
  EXPECT_THAT(tried("finerouter"),
              ElementsAre("k", "rbo_percentile", "resolution", "iterations", "coverage", "alpha"));
  EXPECT_THAT(tried("finerouter_tasks"),
              ElementsAre("k", "rbo_percentile", "resolution", "iterations"));
  EXPECT_THAT(tried("finerouter_general"), IsEmpty());
  EXPECT_THAT(tried("knn"), IsEmpty());
  EXPECT_THAT(tried("trouter", TasksFrom::kDiscovery), IsEmpty());
  EXPECT_THAT(tried("finerouter{k=none}"), IsEmpty());
}

TEST(TuningSpace, HasNothingOfASearchThatIsNot) {
  for (const char* tasks : {"given", "coarse", "kmeans,clusters=4"}) {
    EXPECT_THAT(tried(fmt::format("finerouter{{tasks={}}}", tasks)),
                ElementsAre("coverage", "alpha"));
    EXPECT_THAT(tried(fmt::format("finerouter_tasks{{tasks={}}}", tasks)), IsEmpty());
  }
  EXPECT_THAT(tried("finerouter", TasksFrom::kFolder), ElementsAre("coverage", "alpha"));
  EXPECT_THAT(tried("finerouter_tasks", TasksFrom::kFolder), IsEmpty());
  EXPECT_THAT(tried("finerouter_tasks{tasks=discover}", TasksFrom::kFolder),
              ElementsAre("k", "rbo_percentile", "resolution", "iterations"));
  EXPECT_THAT(tried("finerouter_tasks{tasks=kmeans}"),
              ElementsAre("k", "rbo_percentile", "resolution", "iterations"));
}

TEST(TuningSpace, HasNothingThatAnotherOptionSwitchesOff) {
  EXPECT_THAT(tried("finerouter_tasks{rbo=off}"), ElementsAre("k", "resolution", "iterations"));
  EXPECT_THAT(tried("finerouter_tasks{rbo_threshold=0.4}"),
              ElementsAre("k", "resolution", "iterations"));
  EXPECT_THAT(tried("finerouter_tasks{objective=cpm}"),
              ElementsAre("k", "rbo_percentile", "iterations"));
}

TEST(TuningSpace, LeavesWhatTheSpecNames) {
  EXPECT_THAT(tried("finerouter{k=7,alpha=auto,resolution=3}"),
              ElementsAre("rbo_percentile", "iterations", "coverage"));
  EXPECT_THAT(tried("finerouter_tasks{iterations=1}"),
              ElementsAre("k", "rbo_percentile", "resolution"));
  EXPECT_THAT(tried("finerouter_tasks{k=9,rbo=off,resolution=1,iterations=3,enough=1}"), IsEmpty());
  for (const OptionMap& options :
       plan_trials(spec_of("finerouter_tasks{iterations=2}"), TasksFrom::kCollection, 30, 1)) {
    EXPECT_EQ(options.at("iterations"), "2");
  }
}

TEST(TuningPlan, BeginsWithTheSpecAndIteratesWhereItSaysSo) {
  const auto planned = plan_trials(spec_of("finerouter"), TasksFrom::kCollection, 40, 1);
  ASSERT_EQ(planned.size(), 40U);
  EXPECT_THAT(planned.front(), IsEmpty());
  std::size_t iterating = 0;
  for (std::size_t i = 1; i < planned.size(); ++i) {
    EXPECT_EQ(planned[i].at("iterations") == "1", !planned[i].contains("enough")) << i;
    iterating += planned[i].contains("enough") ? 1 : 0;
  }
  EXPECT_GT(iterating, 5U);
}

TEST(TuningPlan, OfMoreTrialsBeginsAlike) {
  const auto plan = [](std::size_t trials, std::uint64_t seed) {
    return plan_trials(spec_of("finerouter"), TasksFrom::kCollection, trials, seed);
  };
  const auto more = plan(20, 1);
  EXPECT_TRUE(std::ranges::equal(plan(10, 1), std::span(more).first(10)));
  EXPECT_NE(plan(10, 2), plan(10, 1));
}

/// 3 x 6 settings, of which one says what the SPEC leaves open.
TEST(TuningPlan, TriesTheSameRouterOnce) {
  EXPECT_EQ(plan_trials(spec_of("finerouter{tasks=given}"), TasksFrom::kCollection, 1000, 1).size(),
            18U);
}

}  // namespace
}  // namespace wend::trips
