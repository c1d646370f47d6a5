// SPDX-License-Identifier: Apache-2.0
// A world whose answer is known: twelve tasks of separable text, a best model for each, outcomes
// drawn at random from known rates. What a router gains is then measured in the rates themselves,
// free of the luck of a test set:
//   share = (U - U(best_static)) / (U(best model of the true task) - U(best_static)),
// U summed over the three named preferences. A router that works must find most of it; when texts
// and outcomes are torn apart it must find none; and where all models are alike it must not believe
// otherwise.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "wend/base/random.h"
#include "wend/core/preference.h"
#include "wend/routers/train_sample.h"
#include "wend/routers/validation.h"

namespace wend::routers {
namespace {

constexpr std::size_t kTasks = 12;
constexpr std::size_t kDomains = 3;
constexpr std::size_t kModels = 5;
constexpr std::size_t kDimension = 48;

/// What is true of the world: rate of success and cost of each model on each task.
struct Truth {
  base::Matrix rate{kTasks, kModels};
  base::Matrix cost{kTasks, kModels};
  base::Matrix centre{kTasks, kDimension};  ///< Where a task's texts lie.

  double utility(std::size_t task, std::size_t model, core::Preference preference) const {
    return core::utility(preference, rate(task, model), cost(task, model));
  }
};

Truth make_truth(std::uint64_t seed, double advantage) {
  base::Random random(seed);
  Truth truth;
  for (float& value : truth.centre.values()) {
    value = static_cast<float>(random.normal());
  }
  for (std::size_t task = 0; task < kTasks; ++task) {
    for (std::size_t model = 0; model < kModels; ++model) {
      const bool best = model == task % kModels;
      truth.rate(task, model) = static_cast<float>(0.45 + (best ? advantage : 0.0));
      truth.cost(task, model) = 0.2F;
    }
  }
  return truth;
}

struct World {
  data::Examples part;
  std::vector<std::size_t> task;  ///< Of each row.
};

World draw(const Truth& truth, std::size_t rows, std::uint64_t seed) {
  base::Random random(seed);
  World world;
  base::Matrix pooled(rows, kDimension);
  world.part.quality = base::Matrix(rows, kModels);
  world.part.cost_normalised = base::Matrix(rows, kModels);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t task = random.below(kTasks);
    world.task.push_back(task);
    for (std::size_t i = 0; i < kDimension; ++i) {
      pooled(row, i) = truth.centre(task, i) + 0.5F * static_cast<float>(random.normal());
    }
    for (std::size_t model = 0; model < kModels; ++model) {
      const double rate = truth.rate(task, model);
      world.part.quality(row, model) = random.uniform() < rate ? 1.0F : 0.0F;
      world.part.cost_normalised(row, model) =
          truth.cost(task, model) + 0.02F * static_cast<float>(random.normal());
    }
    const auto leaf = static_cast<std::uint32_t>(kDomains + task);
    world.part.labels.push_back({{static_cast<std::uint32_t>(row), leaf, 1.0F}});
    world.part.text_sha256.push_back("text " + std::to_string(row));
  }
  world.part.embeddings = data::Embeddings::from_pooled(pooled);
  return world;
}

/// Domains 0 .. 2, then the tasks, each under the domain task % 3.
core::Taxonomy make_taxonomy() {
  std::vector<core::TaskNode> nodes;
  for (std::size_t i = 0; i < kDomains + kTasks; ++i) {
    core::TaskNode node;
    node.id = "node-" + std::to_string(i);
    node.name = node.id;
    if (i >= kDomains) {
      node.parent = (i - kDomains) % kDomains;
      node.level = 1;
    }
    nodes.push_back(node);
  }
  return core::Taxonomy::build(std::move(nodes)).value();
}

/// The text of a task lies where its queries lie; that of a domain in the middle of its tasks.
base::Matrix task_texts(const Truth& truth) {
  base::Matrix texts(kDomains + kTasks, kDimension);
  for (std::size_t task = 0; task < kTasks; ++task) {
    for (std::size_t i = 0; i < kDimension; ++i) {
      texts(kDomains + task, i) = truth.centre(task, i);
      texts(task % kDomains, i) += truth.centre(task, i);
    }
  }
  return texts;
}

struct Sizes {
  std::size_t train;
  std::size_t validation;
};

data::TrainingSet make_set(const Truth& truth, Sizes sizes, std::uint64_t seed) {
  World train = draw(truth, sizes.train, base::stage_seed(seed, "train"));
  World validation = draw(truth, sizes.validation, base::stage_seed(seed, "validation"));
  data::TrainingSet set = sample::training_set(std::move(train.part), std::move(validation.part));
  set.taxonomy = make_taxonomy();
  set.task_embeddings = data::Embeddings::from_pooled(task_texts(truth));
  set.seed = seed;
  return set;
}

using Choices = std::array<std::size_t, core::kNamedPreferences.size()>;

/// What a router chooses for one row under each preference.
Choices choices(const Router& router, const World& world, std::size_t row) {
  core::Query query;
  query.embedding = world.part.embeddings.unit.row(row);
  query.embedding_norm = world.part.embeddings.norms[row];
  const core::Scores scores = router.score(query);
  std::array<float, kModels> quality = {};
  std::array<float, kModels> cost = {};
  for (std::size_t model = 0; model < kModels; ++model) {
    quality[model] = scores.models[model].quality;
    cost[model] = scores.models[model].cost_normalised;
  }
  Choices chosen = {};
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const core::Preference preference = {core::kNamedPreferences[i].mu};
    const auto pinned = router.pinned_model(query, preference);
    chosen[i] = pinned ? *pinned : best_model(quality, cost, preference).value();
  }
  return chosen;
}

/// In the known rates, summed over the preferences.
double known_utility(const Router& router, const World& world, const Truth& truth) {
  double sum = 0;
  for (std::size_t row = 0; row < world.task.size(); ++row) {
    const Choices chosen = choices(router, world, row);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      sum += truth.utility(world.task[row], chosen[i], {core::kNamedPreferences[i].mu});
    }
  }
  return sum / static_cast<double>(world.task.size());
}

double attainable_utility(const World& world, const Truth& truth) {
  double sum = 0;
  for (const core::NamedPreference& named : core::kNamedPreferences) {
    for (const std::size_t task : world.task) {
      double best = truth.utility(task, 0, {named.mu});
      for (std::size_t model = 1; model < kModels; ++model) {
        best = std::max(best, truth.utility(task, model, {named.mu}));
      }
      sum += best;
    }
  }
  return sum / static_cast<double>(world.task.size());
}

double share_of_gain(const std::string& spec,
                     const data::TrainingSet& set,
                     const World& world,
                     const Truth& truth) {
  const double base = known_utility(*sample::served("best_static", set), world, truth);
  const double own = known_utility(*sample::served(spec, set), world, truth);
  return (own - base) / (attainable_utility(world, truth) - base);
}

/// Rows keep their texts; labels and outcomes of other rows are given to them, together.
void tear_apart(data::Examples& part, std::uint64_t seed) {
  std::vector<std::uint32_t> order(part.size());
  std::iota(order.begin(), order.end(), 0U);
  base::Random(seed).shuffle(std::span(order));
  const data::Examples whole = part;
  for (std::size_t row = 0; row < order.size(); ++row) {
    std::ranges::copy(whole.quality.row(order[row]), part.quality.row(row).begin());
    std::ranges::copy(whole.cost_normalised.row(order[row]), part.cost_normalised.row(row).begin());
    part.labels[row] = whole.labels[order[row]];
  }
}

/// 95 % interval of the mean difference of drawn utilities to best_static, by a bootstrap over the
/// rows.
std::array<double, 2> interval(const Router& router,
                               const Router& best_static,
                               const World& world,
                               std::uint64_t seed) {
  std::vector<double> differences(world.task.size(), 0.0);
  for (std::size_t row = 0; row < differences.size(); ++row) {
    const Choices own = choices(router, world, row);
    const Choices fixed = choices(best_static, world, row);
    for (std::size_t i = 0; i < own.size(); ++i) {
      const auto utility = [&](std::size_t model) {
        return core::utility({core::kNamedPreferences[i].mu},
                             world.part.quality(row, model),
                             world.part.cost_normalised(row, model));
      };
      differences[row] += utility(own[i]) - utility(fixed[i]);
    }
  }
  base::Random random(seed);
  std::vector<double> means(1000, 0.0);
  for (double& mean : means) {
    for (std::size_t i = 0; i < differences.size(); ++i) {
      mean += differences[random.below(differences.size())];
    }
  }
  std::sort(means.begin(), means.end());
  return {means[24], means[974]};
}

class PlantedWorld : public testing::Test {
 protected:
  const Truth truth_ = make_truth(7, 0.4);
  const World test_ = draw(truth_, 600, 99);
};

TEST_F(PlantedWorld, LearnedRoutersFindTheAttainableGain) {
  const data::TrainingSet set = make_set(truth_, {1800, 300}, 1);
  EXPECT_GE(share_of_gain("trouter", set, test_, truth_), 0.95);
  EXPECT_GE(share_of_gain("trouter{profile=paper,epochs=30}", set, test_, truth_), 0.95);
  EXPECT_GE(share_of_gain("knn", set, test_, truth_), 0.95);
  EXPECT_GE(share_of_gain("ridge", set, test_, truth_), 0.85);
}

TEST_F(PlantedWorld, GainIsGoneWhenTextsAndOutcomesAreTornApart) {
  data::TrainingSet set = make_set(truth_, {1800, 300}, 1);
  tear_apart(set.train, 5);
  tear_apart(set.validation, 6);
  for (const char* spec : {"trouter", "knn", "ridge"}) {
    EXPECT_LT(share_of_gain(spec, set, test_, truth_), 0.15) << spec;
  }
}

TEST_F(PlantedWorld, IntervalCoversZeroWhenAllModelsAreEqual) {
  const Truth equal = make_truth(8, 0.0);
  for (const char* spec : {"trouter{epochs=1}", "knn", "ridge"}) {
    std::size_t covered = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const data::TrainingSet set = make_set(equal, {300, 60}, seed);
      const World test = draw(equal, 300, base::stage_seed(seed, "test"));
      const auto [low, high] =
          interval(*sample::served(spec, set), *sample::served("best_static", set), test, seed);
      covered += low <= 0 && 0 <= high ? 1 : 0;
    }
    EXPECT_GE(covered, 18U) << spec;
  }
}

}  // namespace
}  // namespace wend::routers
