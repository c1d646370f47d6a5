// SPDX-License-Identifier: Apache-2.0
// Discovery on worlds whose tasks are known: what a prompt means and which models it prefers are
// drawn apart, so that each can be made to say nothing.
#include "wend/discover/pipeline.h"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "wend/base/random.h"
#include "wend/base/stop.h"

namespace wend::discover {
namespace {

struct WorldOptions {
  std::size_t prompts = 1'200;
  std::size_t topics = 20;  ///< Of meaning: centres of embeddings.
  std::size_t skills = 20;  ///< Of preference: orders of the models.
  bool one_to_one = true;   ///< Topic and skill are the task; else the skill is drawn apart.
  double blur = 0.6;        ///< Of embeddings around their centre, whose length is 1.
  double noise = 0.1;       ///< Of qualities.
  double undecided = 0;     ///< Share of prompts that every model answers alike.
};

struct World {
  base::Matrix embeddings;
  base::Matrix qualities;
  std::vector<std::int32_t> task;
};

constexpr std::size_t kModels = 8;
constexpr std::size_t kDimension = 24;

World make_world(const WorldOptions& options) {
  base::Random random(11);
  base::Matrix centres(options.topics, kDimension);
  for (float& value : centres.values()) {
    value = static_cast<float>(random.normal() / std::sqrt(kDimension));
  }
  base::Matrix levels(options.skills, kModels);
  for (std::size_t skill = 0; skill < options.skills; ++skill) {
    for (std::size_t model = 0; model < kModels; ++model) {
      levels(skill, model) = 0.1F * static_cast<float>(model + 1);
    }
    random.shuffle(levels.row(skill));
  }
  World world{base::Matrix(options.prompts, kDimension),
              base::Matrix(options.prompts, kModels),
              std::vector<std::int32_t>(options.prompts)};
  for (std::size_t i = 0; i < options.prompts; ++i) {
    const std::size_t topic = random.below(options.topics);
    const std::size_t skill =
        options.one_to_one ? topic % options.skills : random.below(options.skills);
    world.task[i] = static_cast<std::int32_t>(topic * options.skills + skill);
    for (std::size_t j = 0; j < kDimension; ++j) {
      world.embeddings(i, j) =
          centres(topic, j) +
          static_cast<float>(options.blur * random.normal() / std::sqrt(kDimension));
    }
    const bool undecided = random.uniform() < options.undecided;
    for (std::size_t m = 0; m < kModels; ++m) {
      const float quality = levels(skill, m) + static_cast<float>(options.noise * random.normal());
      world.qualities(i, m) = undecided ? 1 : std::clamp(quality, 0.0F, 1.0F);
    }
  }
  return world;
}

/// Normalised mutual information of two labellings, over what both label.
double nmi(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b) {
  std::map<std::int32_t, double> of_a;
  std::map<std::int32_t, double> of_b;
  std::map<std::pair<std::int32_t, std::int32_t>, double> both;
  double total = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] >= 0 && b[i] >= 0) {
      ++of_a[a[i]];
      ++of_b[b[i]];
      ++both[{a[i], b[i]}];
      ++total;
    }
  }
  const auto entropy = [&](const auto& counts) {
    double sum = 0;
    for (const auto& [label, count] : counts) {
      sum -= count / total * std::log(count / total);
    }
    return sum;
  };
  const double mean = (entropy(of_a) + entropy(of_b)) / 2;
  return mean > 0 ? (entropy(of_a) + entropy(of_b) - entropy(both)) / mean : 0;
}

double share_with_task(const Discovered& found) {
  const auto none = std::ranges::count(found.task, Communities::kNoTask);
  return 1 - static_cast<double>(none) / static_cast<double>(found.task.size());
}

DiscoverOptions defaults() {
  DiscoverOptions options;
  options.communities.knn.threads = 1;
  return options;
}

TEST(DiscoverTasks, FindsPlantedTasks) {
  const World world = make_world({});
  const Discovered found = discover_tasks(world.embeddings, world.qualities, defaults()).value();
  EXPECT_EQ(found.tasks.size(), 20U);
  EXPECT_GT(nmi(found.task, world.task), 0.95);
  EXPECT_GT(share_with_task(found), 0.9);
  EXPECT_GT(found.modularity, 0.5);
}

TEST(DiscoverTasks, TellsApartByPreferenceWhatMeansTheSame) {
  // One topic, three skills drawn apart from it: vectors say nothing.
  const World world = make_world({.topics = 1, .skills = 3, .one_to_one = false, .noise = 0.05});
  const Discovered found = discover_tasks(world.embeddings, world.qualities, defaults()).value();
  EXPECT_GT(nmi(found.task, world.task), 0.9);
  base::Matrix all_alike(world.task.size(), 2);
  for (std::size_t i = 0; i < all_alike.rows(); ++i) {
    all_alike(i, 0) = 1;
  }
  const Discovered by_meaning = discover_tasks(world.embeddings, all_alike, defaults()).value();
  EXPECT_GT(by_meaning.tasks.size(), 1U);
  EXPECT_LT(nmi(by_meaning.task, world.task), 0.1);
}

TEST(DiscoverTasks, LeavesPromptsThatPreferNoModelWithoutATask) {
  const World world = make_world({.undecided = 0.4});
  const Discovered found = discover_tasks(world.embeddings, world.qualities, defaults()).value();
  const Rankings rankings(world.qualities);
  for (std::size_t i = 0; i < found.task.size(); ++i) {
    EXPECT_TRUE(rankings[i].prefers() || found.task[i] == Communities::kNoTask) << i;
  }
  EXPECT_GT(nmi(found.task, world.task), 0.9);
  EXPECT_GT(found.others.prompts.size(), 400U);
}

TEST(DiscoverTasks, DescribesEveryTaskAndTheOthers) {
  const World world = make_world({.undecided = 0.2});
  const Discovered found = discover_tasks(world.embeddings, world.qualities, defaults()).value();
  std::vector<std::size_t> seen(world.task.size());
  std::size_t before = world.task.size();
  ASSERT_FALSE(found.tasks.empty());
  for (std::size_t t = 0; t < found.tasks.size(); ++t) {
    const DiscoveredTask& task = found.tasks[t];
    EXPECT_LE(task.prompts.size(), before);
    EXPECT_GE(task.prompts.size(), 20U);
    EXPECT_EQ(task.centre.size(), kDimension);
    EXPECT_EQ(task.ranking.order.size(), kModels);
    EXPECT_GT(task.candidates.coverage, 0.8);
    EXPECT_EQ(task.candidates.models.front(), task.ranking.order.front());
    EXPECT_EQ(task.mean_quality.size(), kModels);
    EXPECT_EQ(task.median_quality.size(), kModels);
    before = task.prompts.size();
    for (const std::uint32_t prompt : task.prompts) {
      EXPECT_EQ(found.task[prompt], static_cast<std::int32_t>(t));
      ++seen[prompt];
    }
  }
  for (const std::uint32_t prompt : found.others.prompts) {
    ++seen[prompt];
  }
  EXPECT_TRUE(std::ranges::all_of(seen, [](std::size_t times) { return times == 1; }));
}

TEST(DiscoverTasks, ShrinksFromIterationToIteration) {
  const World world = make_world({.prompts = 2'000, .topics = 12, .skills = 4, .noise = 0.25});
  DiscoverOptions options = defaults();
  options.communities.resolution = 20;
  options.communities.enough = 0;
  options.communities.iterations = 3;
  const Discovered found = discover_tasks(world.embeddings, world.qualities, options).value();
  ASSERT_GE(found.iterations.size(), 2U);
  for (const Iteration& iteration : found.iterations) {
    EXPECT_LT(iteration.communities, iteration.nodes);
    EXPECT_LE(iteration.kept_edges, iteration.near_edges);
    EXPECT_GT(iteration.kept_edges, 0U);
  }
  EXPECT_EQ(found.iterations[1].nodes, found.iterations[0].communities);
}

TEST(DiscoverTasks, StopsWhereFewCommunitiesAreLeft) {
  const World world = make_world({});
  const Discovered found = discover_tasks(world.embeddings, world.qualities, defaults()).value();
  EXPECT_EQ(found.iterations.size(), 1U);
}

TEST(DiscoverTasks, ClustersTheLastGraphAtTheResolutionItselfHoweverFewIterationsThereAre) {
  const World world = make_world({});
  DiscoverOptions options = defaults();
  options.communities.enough = 1'000;  // There is no second iteration.
  const Discovered plain = discover_tasks(world.embeddings, world.qualities, options).value();
  options.communities.finer = 8;
  const Discovered finer = discover_tasks(world.embeddings, world.qualities, options).value();
  ASSERT_EQ(finer.iterations.size(), 1U);
  EXPECT_EQ(finer.task, plain.task);
  EXPECT_EQ(finer.iterations[0].communities, plain.iterations[0].communities);
  EXPECT_EQ(finer.modularity, plain.modularity);
}

TEST(DiscoverTasks, BeginsFinerWhereAnIterationFollows) {
  const World world = make_world({});
  DiscoverOptions options = defaults();
  options.communities.enough = 0;
  const Discovered plain = discover_tasks(world.embeddings, world.qualities, options).value();
  options.communities.finer = 8;
  const Discovered finer = discover_tasks(world.embeddings, world.qualities, options).value();
  ASSERT_EQ(finer.iterations.size(), 2U);
  EXPECT_GT(finer.iterations[0].communities, plain.iterations[0].communities);
}

TEST(DiscoverTasks, IsTheSameForASeedOnAnyNumberOfThreads) {
  const World world = make_world({.noise = 0.3});
  DiscoverOptions options = defaults();
  const Discovered once = discover_tasks(world.embeddings, world.qualities, options).value();
  options.communities.knn.threads = 4;
  const Discovered again = discover_tasks(world.embeddings, world.qualities, options).value();
  EXPECT_EQ(once.task, again.task);
  EXPECT_EQ(once.modularity, again.modularity);
}

TEST(DiscoverTasks, TakesWorldsWithoutAnythingToFind) {
  const float missing = std::numeric_limits<float>::quiet_NaN();
  for (const std::size_t prompts : {0U, 1U, 2U, 50U}) {
    for (const float quality : {missing, 1.0F}) {
      const Discovered found =
          discover_tasks(
              base::Matrix(prompts, 5, 0.5F), base::Matrix(prompts, 3, quality), defaults())
              .value();
      EXPECT_TRUE(found.tasks.empty());
      EXPECT_EQ(found.others.prompts.size(), prompts);
      EXPECT_EQ(std::ranges::count(found.task, Communities::kNoTask),
                static_cast<std::ptrdiff_t>(prompts));
    }
  }
}

TEST(DiscoverTasks, DissolvesSmallCommunities) {
  const World world = make_world({.prompts = 300});
  DiscoverOptions options = defaults();
  options.communities.min_size = 1'000;
  const Discovered found = discover_tasks(world.embeddings, world.qualities, options).value();
  EXPECT_TRUE(found.tasks.empty());
  EXPECT_EQ(found.others.prompts.size(), 300U);
}

class StageNames final : public base::Progress {
 public:
  /// A stop is asked for where the stage begins.
  explicit StageNames(std::string fatal_stage = "") : fatal_stage_(std::move(fatal_stage)) {}

  void start(std::string stage, std::size_t) override {
    if (stage == fatal_stage_) {
      std::raise(SIGINT);
    }
    stages_.push_back(std::move(stage));
  }

  void advance(std::size_t) override {}

  void finish() override {}

  const std::vector<std::string>& stages() const { return stages_; }

 private:
  std::string fatal_stage_;
  std::vector<std::string> stages_;
};

TEST(DiscoverTasks, TellsOfItsStages) {
  const World world = make_world({.prompts = 200});
  DiscoverOptions options = defaults();
  StageNames progress;
  options.communities.knn.progress = &progress;
  ASSERT_TRUE(discover_tasks(world.embeddings, world.qualities, options));
  EXPECT_EQ(progress.stages(),
            (std::vector<std::string>{"neighbours", "overlap of rankings", "communities"}));
}

[[noreturn]] void stop_at(const std::string& stage, const World& world) {
  base::heed_stop_signals();
  StageNames progress(stage);
  DiscoverOptions options = defaults();
  options.communities.knn.progress = &progress;
  const auto found = discover_tasks(world.embeddings, world.qualities, options);
  const bool right =
      !found && found.error().code == base::Code::kCancelled && progress.stages().back() == stage;
  std::_Exit(right ? 3 : 1);
}

TEST(DiscoverTasksDeathTest, EndsInTheStageInWhichAStopIsAskedFor) {
  const World world = make_world({.prompts = 200});
  for (const char* stage : {"neighbours", "overlap of rankings", "communities"}) {
    EXPECT_EXIT(stop_at(stage, world), testing::ExitedWithCode(3), "") << stage;
  }
}

}  // namespace
}  // namespace wend::discover
