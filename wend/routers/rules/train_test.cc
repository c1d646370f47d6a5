// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/rules/train.h"

#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/routers/train_sample.h"
#include "wend/routers/validation.h"

namespace wend::routers {
namespace {

using sample::kMissing;
using testing::HasSubstr;

const core::Preference kCostFirst{0.2};
const core::Preference kBalanced{0.5};
const core::Preference kQualityFirst{0.8};

/// Four models on two rows: a cheap and poor, b middling, c dear and best, d dear and poor.
data::TrainingSet four_models() {
  const std::vector<std::vector<float>> vectors = {{1, 0}, {0, 1}};
  const auto rows = sample::examples(vectors,
                                     {{0.2F, 0.5F, 1.0F, 0.1F}, {0.4F, 0.7F, 0.8F, 0.1F}},
                                     {{0.1F, 0.3F, 0.9F, 0.8F}, {0.1F, 0.3F, 0.7F, 0.8F}});
  return sample::training_set(rows, rows);
}

std::optional<std::size_t> choice(const Router& router,
                                  core::Preference preference,
                                  std::string_view text = "x") {
  core::Query query;
  query.text = text;
  if (const auto pinned = router.pinned_model(query, preference)) {
    return pinned;
  }
  std::vector<float> quality;
  std::vector<float> cost;
  for (const core::ModelScore& score : router.score(query).models) {
    quality.push_back(score.quality);
    cost.push_back(score.cost_normalised);
  }
  return best_model(quality, cost, preference);
}

TEST(BestStatic, ScoresEveryQueryByTheTrainMeans) {
  const auto router = sample::served("best_static", four_models());
  const core::Scores scores = sample::ask(*router, {1, 0});
  ASSERT_EQ(scores.models.size(), 4U);
  EXPECT_FLOAT_EQ(scores.models[0].quality, 0.3F);
  EXPECT_NEAR(scores.models[0].quality_sd.value(), 0.1, 1e-6);
  EXPECT_FLOAT_EQ(scores.models[2].cost_normalised, 0.8F);
  EXPECT_NEAR(scores.models[2].cost.value(), 1.6, 1e-6);
  EXPECT_FALSE(scores.models[0].latency_s);
  EXPECT_EQ(router->models()[3].id, "d");
}

TEST(BestStatic, IsTheBestMeanUtilityAtEachPreference) {
  const auto router = sample::served("best_static", four_models());
  EXPECT_EQ(choice(*router, kCostFirst), 0U);     // .06-.08 > .12-.24 > .18-.64
  EXPECT_EQ(choice(*router, kBalanced), 1U);      // .3-.15 > .15-.05 > .45-.4
  EXPECT_EQ(choice(*router, kQualityFirst), 2U);  // .72-.16 > .48-.06 > .24-.02
}

TEST(BestStatic, ReportsWhatItsChoicesAreWorthOnValidation) {
  const double expected = (0.06 - 0.08) + (0.3 - 0.15) + (0.72 - 0.16);
  EXPECT_NEAR(sample::train("best_static", four_models()).value().report.validation_utility_sum,
              expected,
              1e-6);
}

TEST(SmallestLargestAdaptive, GoByMeanTrainCost) {
  const data::TrainingSet set = four_models();
  const auto adaptive = sample::served("adaptive", set);
  for (const core::Preference preference : {kCostFirst, kBalanced, kQualityFirst}) {
    EXPECT_EQ(choice(*sample::served("smallest", set), preference), 0U);
    EXPECT_EQ(choice(*sample::served("largest", set), preference), 3U);
  }
  EXPECT_EQ(choice(*adaptive, kCostFirst), 0U);
  EXPECT_EQ(choice(*adaptive, kBalanced), 1U);
  EXPECT_EQ(choice(*adaptive, kQualityFirst), 3U);
}

TEST(SmallestLargestAdaptive, GoByPriceOrParametersInASetWithoutCosts) {
  data::TrainingSet set = four_models();
  set.has_costs = false;
  EXPECT_THAT(sample::refusal("smallest", set), HasSubstr("none is the smallest"));
  for (std::size_t model = 0; model < 4; ++model) {
    set.models[model].params_b = 10.0 - static_cast<double>(model);
  }
  EXPECT_EQ(choice(*sample::served("smallest", set), kBalanced), 3U);
  set.models[0].output_price_per_mtok = 1;  // Fewer have a price than parameters.
  EXPECT_EQ(choice(*sample::served("largest", set), kBalanced), 0U);
  for (std::size_t model = 0; model < 4; ++model) {
    set.models[model].output_price_per_mtok = 1.0 + static_cast<double>(model);
  }
  EXPECT_EQ(choice(*sample::served("largest", set), kBalanced), 3U);
}

TEST(Rules, NeverTakeAModelWithoutCostsForTheCheapest) {
  data::TrainingSet set = four_models();
  for (std::size_t row = 0; row < 2; ++row) {
    set.train.quality(row, 0) = 1;  // The best answers, and every cost null.
    set.train.cost_normalised(row, 0) = kMissing;
  }
  set.mean_cost[0] = std::nan("");
  set.models[0].output_price_per_mtok = 0.01;
  for (const char* spec : {"best_static", "zero", "smallest", "adaptive", "knn", "ridge"}) {
    const auto router = sample::served(spec, set);
    const core::ModelScore score = sample::ask(*router, {1, 0}).models[0];
    EXPECT_TRUE(std::isnan(score.cost_normalised)) << spec;
    EXPECT_FALSE(score.cost) << spec;
    if (std::string_view(spec) == "knn" || std::string_view(spec) == "ridge") {
      continue;  // They pin nothing; the policy passes over a cost that is not known.
    }
    for (const core::Preference preference : {kCostFirst, kBalanced, kQualityFirst}) {
      EXPECT_NE(choice(*router, preference), 0U) << spec;
    }
  }
}

TEST(Rules, LeaveMissingCellsOutOfTheMeans) {
  data::TrainingSet set = four_models();
  set.train.quality(0, 1) = kMissing;
  set.train.cost_normalised(1, 2) = kMissing;
  const core::Scores scores = sample::ask(*sample::served("best_static", set), {1, 0});
  EXPECT_FLOAT_EQ(scores.models[1].quality, 0.7F);
  EXPECT_FALSE(scores.models[1].quality_sd);  // One cell tells no spread.
  EXPECT_FLOAT_EQ(scores.models[2].cost_normalised, 0.9F);
}

TEST(Rules, RefuseASetInWhichNothingCanBeChosen) {
  data::TrainingSet set = four_models();
  for (float& cell : set.train.quality.values()) {
    cell = kMissing;
  }
  for (const char* spec : {"random", "smallest", "best_static", "task_oracle", "knn", "ridge"}) {
    EXPECT_THAT(sample::refusal(spec, set), HasSubstr("no model has both")) << spec;
  }
}

TEST(Zero, EqualsBestStaticAtEveryMu) {
  base::Random random(11);
  for (int round = 0; round < 50; ++round) {
    std::vector<float> quality;
    std::vector<float> cost;
    for (int model = 0; model < 9; ++model) {  // On a coarse grid, so that points and slopes tie.
      quality.push_back(static_cast<float>(random.below(5)) / 4);
      cost.push_back(static_cast<float>(random.below(5)) / 4);
    }
    const auto rows = sample::examples({{1, 0}}, {quality}, {cost});
    const data::TrainingSet set = sample::training_set(rows, rows);
    const auto zero = sample::served("zero", set);
    const auto best_static = sample::served("best_static", set);
    for (int step = 0; step <= 40; ++step) {
      const core::Preference preference{step / 40.0};
      const std::size_t a = choice(*zero, preference).value();
      const std::size_t b = choice(*best_static, preference).value();
      EXPECT_NEAR(core::utility(preference, quality[a], cost[a]),
                  core::utility(preference, quality[b], cost[b]),
                  1e-6)
          << "mu " << preference.mu;
    }
  }
}

TEST(Zero, NamesTheModelThatBestStaticWouldWhenNothingTies) {
  const auto zero = sample::served("zero", four_models());
  EXPECT_EQ(choice(*zero, kCostFirst), 0U);
  EXPECT_EQ(choice(*zero, kBalanced), 1U);
  EXPECT_EQ(choice(*zero, kQualityFirst), 2U);
}

data::OutcomeTable table_of(const data::TrainingSet& set) {
  data::OutcomeTable table;
  table.models = set.models;
  table.cost = base::BasicMatrix<double>(1, set.models.size(), 1.0);
  return table;
}

TEST(CheckNeeds, WantsSizesForTheRulesThatGoBySize) {
  data::OutcomeTable table = table_of(four_models());
  for (core::ModelCard& card : table.models) {
    card.output_price_per_mtok = card.params_b = std::nullopt;
  }
  for (const char* name : {"smallest", "largest", "adaptive"}) {
    EXPECT_TRUE(check_needs({name, name}, table)) << name;
  }
  table.cost = {};
  for (const char* name : {"smallest", "largest", "adaptive"}) {
    const base::Status refused = check_needs({name, name}, table);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, testing::StartsWith(fmt::format("router '{}': no", name)));
  }
  EXPECT_TRUE(check_needs({"random", "random"}, table));
  table.models[2].params_b = 7;
  EXPECT_TRUE(check_needs({"smallest", "smallest"}, table));
}

TEST(CheckNeeds, WantsTheModelThatARuleNames) {
  data::OutcomeTable table = table_of(four_models());
  table.models_without_cost = {"free"};
  const auto refusal = [&](const char* text) {
    const base::Status needs = check_needs(*parse_router_spec(text), table);
    return needs ? "accepted" : needs.error().message;
  };
  EXPECT_EQ(refusal("model{id=d}"), "accepted");
  EXPECT_EQ(refusal("model{id=free}"),
            "router 'model{id=free}': model 'free' has no cost on any query and was left out of "
            "the pool; use --normaliser none to route on quality alone");
  EXPECT_EQ(refusal("model{id=e}"),
            "router 'model{id=e}': expected id to be a model of the pool, as in model{id=a}");
  EXPECT_THAT(refusal("model{name=d}"), testing::StartsWith("router 'model{name=d}': option"));
}

TEST(RandomRouter, DrawsByTextAndSeedAlone) {
  data::TrainingSet set = four_models();
  const auto one = sample::served("random", set);
  set.seed = 2;
  const auto other = sample::served("random", set);
  std::map<std::size_t, int> counts;
  int different = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string text = "question " + std::to_string(i);
    core::Query query;
    query.text = text;
    const std::size_t model = one->pinned_model(query, kBalanced).value();
    query.row = 17;
    EXPECT_EQ(one->pinned_model(query, kCostFirst), model);
    different += other->pinned_model(query, kBalanced) == model ? 0 : 1;
    ++counts[model];
  }
  EXPECT_GT(different, 2700);
  for (std::size_t model = 0; model < 4; ++model) {
    EXPECT_NEAR(counts[model], 1000, 120);
  }
}

TEST(ModelRule, NeedsAModelOfThePool) {
  const data::TrainingSet set = four_models();
  EXPECT_EQ(choice(*sample::served("model{id=d}", set), kCostFirst), 3U);
  EXPECT_THAT(sample::refusal("model", set), HasSubstr("expected id to be a model of the pool"));
  data::TrainingSet named = set;
  named.models[0].id = "smollm2-135m";
  EXPECT_THAT(sample::refusal("model{id=smolm2-135m}", named),
              HasSubstr("did you mean 'smollm2-135m'?"));
  EXPECT_THAT(sample::refusal("model{name=d}", set), HasSubstr("option 'name' is unknown"));
  EXPECT_THAT(sample::refusal("random{seed=1}", set), HasSubstr("random takes no options"));
}

/// Domain x with leaves x1, x2; domain y, itself a leaf.
core::Taxonomy small_taxonomy() {
  std::vector<core::TaskNode> nodes(4);
  nodes[0].id = nodes[0].name = "x";
  nodes[1].id = nodes[1].name = "x1";
  nodes[1].parent = 0;
  nodes[2].id = nodes[2].name = "x2";
  nodes[2].parent = 0;
  nodes[3].id = nodes[3].name = "y";
  return core::Taxonomy::build(nodes).value();
}

TEST(TaskOracle, KnowsTheMeansOfTheTrueTaskAndShrinksThem) {
  data::Examples rows;
  std::vector<std::vector<float>> vectors;
  std::vector<std::vector<float>> quality;
  std::vector<std::vector<float>> cost;
  for (int i = 0; i < 400; ++i) {
    vectors.push_back({1, 0});
    quality.push_back(i % 2 == 0 ? std::vector<float>{1, 0} : std::vector<float>{0, 1});
    cost.push_back({0.1F, 0.1F});
  }
  rows = sample::examples(vectors, quality, cost);
  for (std::uint32_t i = 0; i < 400; ++i) {
    rows.labels[i] = {{i, i % 2 == 0 ? 1U : 3U, 1.0F}};
  }
  data::TrainingSet set = sample::training_set(rows, rows);
  set.taxonomy = small_taxonomy();
  const auto router = std::move(sample::train("task_oracle", set)->unservable);
  ASSERT_EQ(router->tasks().size(), 3U);
  EXPECT_EQ(router->tasks()[1].name, "x > x2");

  core::Query query;
  query.task_label = 0;
  const core::Scores known = router->score(query);
  EXPECT_GT(known.models[0].quality, 0.95F);
  EXPECT_LT(known.models[0].quality, 1.0F);
  EXPECT_EQ(known.tasks.front().task, 0U);
  query.task_label = 1;  // Never seen: its domain's means.
  EXPECT_GT(router->score(query).models[0].quality, 0.9F);
  query.task_label = 2;
  EXPECT_LT(router->score(query).models[0].quality, 0.1F);
  query.task_label = std::nullopt;
  EXPECT_FLOAT_EQ(router->score(query).models[0].quality, 0.5F);
  query.task_label = 99;
  EXPECT_FLOAT_EQ(router->score(query).models[0].quality, 0.5F);
}

TEST(TaskOracle, LeavesNoArtifact) {
  const auto trained = sample::train("task_oracle", four_models());
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_TRUE(trained->weights.all().empty());
  for (const char* name : {"task_oracle", "oracle"}) {
    const base::Status refused = check_servable({name, name});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr(fmt::format("router '{}' can be", name)));
  }
  EXPECT_TRUE(check_servable({"trouter", "trouter"}));
}

TEST(TaskOracle, IsBestStaticWithoutATaxonomy) {
  const auto router = std::move(sample::train("task_oracle", four_models())->unservable);
  EXPECT_EQ(choice(*router, kQualityFirst), 2U);
}

TEST(Oracle, ChoosesByTheTruthAndPassesOverMissingCells) {
  data::OutcomeTable table;
  table.models = four_models().models;
  table.queries.resize(3);
  table.quality = sample::matrix_of(
      {{0, 1, 1, 0}, {1, kMissing, 0, 0}, {kMissing, kMissing, kMissing, kMissing}});
  table.cost = base::BasicMatrix<double>(3, 4, 1.0);
  table.cost(0, 2) = 0.5;
  table.cost(1, 0) = std::nan("");
  const auto normaliser =
      data::Normaliser::parse(R"({"name":"reference","parameters":{"c_ref":2}})").value();
  const data::TrainingSet set = four_models();
  TrainContext context{set};
  EXPECT_FALSE(train_router({"oracle", "oracle", {}}, context));
  context.truth = &table;
  context.truth_normaliser = &normaliser;
  const auto trained = train_router({"oracle", "oracle", {}}, context);
  ASSERT_TRUE(trained) << trained.error().message;
  const Router& oracle = *trained->unservable;

  core::Query query;
  query.row = 0;
  const core::Scores scores = oracle.score(query);
  EXPECT_FLOAT_EQ(scores.models[2].cost_normalised, 0.25F);
  EXPECT_EQ(scores.models[2].cost, 0.5);
  EXPECT_EQ(oracle.pinned_model(query, kBalanced), std::nullopt);
  query.row = 1;
  EXPECT_TRUE(std::isnan(oracle.score(query).models[0].cost_normalised));
  EXPECT_TRUE(std::isnan(oracle.score(query).models[1].quality));
  query.row = 2;
  EXPECT_EQ(oracle.pinned_model(query, kBalanced), 0U);
}

TEST(Rules, GiveEqualBytesForEqualSeeds) {
  const data::TrainingSet set = four_models();
  for (const char* spec : {"random", "smallest", "adaptive", "best_static", "zero"}) {
    EXPECT_EQ(sample::trained_bytes(spec, set), sample::trained_bytes(spec, set)) << spec;
  }
}

TEST(Rules, WorkWithOneModelAndOneRow) {
  const auto rows = sample::examples({{1, 0}}, {{0.5F}}, {{0.5F}});
  const data::TrainingSet set = sample::training_set(rows, rows);
  for (const char* spec :
       {"random", "smallest", "largest", "adaptive", "best_static", "zero", "model{id=a}"}) {
    EXPECT_EQ(choice(*sample::served(spec, set), kBalanced), 0U) << spec;
  }
}

}  // namespace
}  // namespace wend::routers
