// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/train.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/routers/finerouter/options.h"
#include "wend/routers/finerouter/train_sample.h"
#include "wend/routers/validation.h"

namespace wend::routers {
namespace {

using sample::Found;
using testing::HasSubstr;

/// The steps of a few hundred rows cost by their number, so the heads take few and long ones here.
const char* const kShort[] = {
    "finerouter{lr=0.003,epochs=5}", "finerouter_tasks", "finerouter_general{lr=0.003,epochs=5}"};

/// One of them, or another SPEC of the same routers, with more options.
std::string with(std::string_view spec, std::string_view options) {
  const bool bare = !spec.ends_with('}');
  return fmt::format(
      "{}{}{}}}", bare ? spec : spec.substr(0, spec.size() - 1), bare ? "{" : ",", options);
}

double served_worth(const std::string& spec, const Found& found) {
  return utility_sum(*sample::served(spec, found), found.set);
}

TEST(FineRouter, BeatsTheBestModelOnAWorldOfTasks) {
  const Found found = sample::found_kinds(600);
  const double static_worth = utility_sum(*sample::served("best_static", found.set), found.set);
  for (const char* name : kShort) {
    EXPECT_GT(served_worth(name, found), static_worth + 0.2) << name;
    EXPECT_GT(served_worth(with(name, "profile=paper"), found), static_worth) << name;
  }
}

TEST(FineRouter, ReportsTheWorthOfTheRouterThatIsServed) {
  const Found found = sample::found_kinds(300);
  for (const char* name : kShort) {
    const auto trained = sample::train(name, found);
    ASSERT_TRUE(trained) << trained.error().message;
    EXPECT_EQ(trained->report.validation_utility_sum, served_worth(name, found)) << name;
    EXPECT_GT(trained->report.parameters, 0U);
    EXPECT_GT(trained->report.best_epoch, 0U);
  }
}

TEST(FineRouter, TellsTheTaskAndItsCosts) {
  const Found found = sample::found_kinds(600);
  for (const char* name : {kShort[0], kShort[1]}) {
    const auto router = sample::served(name, found);
    const core::Scores scores = sample::ask(*router, {0, 1, 0, 0, 0, 0, 0, 0});
    ASSERT_FALSE(scores.tasks.empty()) << name;
    EXPECT_EQ(router->tasks()[scores.tasks[0].task].id, "kind 1");
    EXPECT_GT(scores.tasks[0].weight, 0.5F);
    EXPECT_GT(scores.models[1].quality, scores.models[0].quality + 0.4F) << name;
    EXPECT_NEAR(scores.models[1].cost_normalised, 0.3, 1e-3);
    EXPECT_NEAR(*scores.models[1].cost, 0.6, 2e-3);
    ASSERT_TRUE(scores.models[1].quality_sd.has_value());
    EXPECT_NEAR(*scores.models[1].quality_sd, std::sqrt(0.09 / 300), 0.01);
  }
}

TEST(FineRouter, PosteriorIsOverTheTasksAndSumsToOne) {
  const Found found = sample::found_kinds(300);
  const auto router = sample::served("finerouter_tasks{none_threshold=1}", found);
  core::Query query;
  const std::vector<float> x = {0, 1, 0, 0, 0, 0, 0, 0};
  query.embedding = x;
  const std::vector<float> posterior = router->task_posterior(query);
  ASSERT_EQ(posterior.size(), 2U);
  EXPECT_NEAR(posterior[0] + posterior[1], 1, 1e-5);
  EXPECT_GT(posterior[1], 0.8F);
  EXPECT_TRUE(router->score(query).tasks.empty());  // It has none, at this threshold.
}

TEST(FineRouter, SameSeedGivesTheSameBytesOnAnyNumberOfThreads) {
  const Found found = sample::found_kinds(300);
  for (const char* name : kShort) {
    const std::string bytes = sample::trained_bytes(name, found, 1);
    EXPECT_EQ(bytes, sample::trained_bytes(name, found, 2)) << name;
    EXPECT_EQ(bytes, sample::trained_bytes(name, found, 1)) << name;
  }
}

TEST(FineRouter, SecondPhaseLeavesTheGeneralHeadsAsTheyWere) {
  const Found found = sample::found_kinds(300);
  const auto both = sample::train(with(kShort[0], "none_threshold=0"), found);
  const auto general = sample::train(kShort[2], found);
  ASSERT_TRUE(both && general);
  ASSERT_TRUE(both->weights.has("task_heads.of"));
  for (const auto& [name, tensor] : general->weights.all()) {
    const auto values = std::as_bytes(both->weights.all().find(name)->second.values());
    EXPECT_TRUE(std::ranges::equal(values, std::as_bytes(tensor.values()))) << name;
  }
}

TEST(FineRouter, AlphaOneIsTheSecondStageAndAlphaZeroTheFirst) {
  const Found found = sample::found_kinds(300);
  const auto first = sample::served(with(kShort[0], "alpha=0,none_threshold=0.5"), found);
  const auto tasks = sample::served("finerouter_tasks{none_threshold=0.5}", found);
  const auto second = sample::served(with(kShort[0], "alpha=1,none_threshold=1"), found);
  const auto general = sample::served(kShort[2], found);
  for (std::size_t row = 0; row < 20; ++row) {
    core::Query query;
    query.embedding = found.set.validation.embeddings.unit.row(row);
    for (std::size_t m = 0; m < 3; ++m) {
      EXPECT_FLOAT_EQ(first->score(query).models[m].quality, tasks->score(query).models[m].quality);
      EXPECT_FLOAT_EQ(second->score(query).models[m].quality,
                      general->score(query).models[m].quality);
    }
  }
}

TEST(FineRouter, ConfigHasWhatWasChosen) {
  const auto trained = sample::train(kShort[0], sample::found_kinds(300));
  ASSERT_TRUE(trained);
  const auto options = FineRouterOptions::from_json("finerouter", trained->config_json);
  ASSERT_TRUE(options);
  EXPECT_TRUE(options->inference.alpha.has_value());
  EXPECT_TRUE(options->classifier.none_threshold.has_value());
}

TEST(FineRouter, ProjectionIsTrainedOnTopOfTheEmbedding) {
  const Found found = sample::found_kinds(300);
  const auto plain = sample::train("finerouter_tasks", found);
  const auto projected = sample::train("finerouter_tasks{projection=on}", found);
  ASSERT_TRUE(plain && projected);
  EXPECT_FALSE(plain->weights.has("classifier.projection"));
  const base::Matrix w = projected->weights.matrix("classifier.projection", 8, 8).value();
  EXPECT_NE(w(0, 1), 0.0F);
  EXPECT_NEAR(w(0, 0), 1, 0.5);
  const auto router = sample::served("finerouter_tasks{projection=on}", found);
  EXPECT_EQ(sample::ask(*router, {0, 1, 0, 0, 0, 0, 0, 0}).tasks[0].task, 1U);
}

TEST(FineRouter, ThresholdZeroAlwaysHasATaskAndOneNever) {
  const Found found = sample::found_kinds(300);
  const std::vector<float> nowhere = {0, 0, 0, 0, 0, 0, 0, 1};
  for (const char* assign : {"hard", "soft"}) {
    const auto always =
        sample::served(with(kShort[0], fmt::format("none_threshold=0,assign={}", assign)), found);
    const auto never =
        sample::served(with(kShort[0], fmt::format("none_threshold=1,assign={}", assign)), found);
    float sum = 0;
    for (const core::TaskWeight& task : sample::ask(*always, nowhere).tasks) {
      sum += task.weight;
    }
    EXPECT_NEAR(sum, 1, 1e-5);
    EXPECT_TRUE(sample::ask(*never, nowhere).tasks.empty());
  }
}

/// Rows that no task was found for.
TEST(FineRouter, LearnsWhereAllRowsAreOthers) {
  Found found = sample::found_kinds(300);
  for (data::Examples* part : {&found.set.train, &found.set.validation}) {
    for (auto& labels : part->labels) {
      labels.clear();
    }
  }
  for (const std::string& name :
       {std::string(kShort[0]), std::string(kShort[1]), with(kShort[0], "profile=paper")}) {
    const auto router = sample::served(name, found);
    const core::Scores scores = sample::ask(*router, {1, 0, 0, 0, 0, 0, 0, 0});
    EXPECT_TRUE(std::isfinite(scores.models[0].quality)) << name;
  }
}

/// All rows are of one task.
Found one_task() {
  Found found = sample::found_kinds(300);
  found.set.taxonomy = sample::flat_taxonomy({"all"});
  found.set.task_embeddings =
      data::Embeddings::from_pooled(sample::matrix_of({{1, 1, 0, 0, 0, 0, 0, 0}}));
  found.candidates = {{0, 1}};
  for (data::Examples* part : {&found.set.train, &found.set.validation}) {
    for (auto& labels : part->labels) {
      labels = {{0, 0, 1.0F}};
    }
  }
  return found;
}

TEST(FineRouter, OneTaskIsEnough) {
  const Found found = one_task();
  for (const std::string& name :
       {std::string(kShort[0]), std::string(kShort[1]), with(kShort[0], "profile=paper")}) {
    const auto router = sample::served(name, found);
    EXPECT_EQ(router->tasks().size(), 1U);
    EXPECT_TRUE(std::isfinite(sample::ask(*router, {1, 0, 0, 0, 0, 0, 0, 0}).models[0].quality))
        << name;
  }
}

/// A third task whose centre lies far from all rows keeps none of them when they are labelled anew.
TEST(FineRouter, TaskWithoutRowsHasTheModelsOwnMeans) {
  Found found = sample::found_kinds(300);
  found.set.taxonomy = sample::flat_taxonomy({"kind 0", "kind 1", "nobody"});
  found.set.task_embeddings = data::Embeddings::from_pooled(sample::matrix_of(
      {{1, 0, 0, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0, -1}}));
  found.candidates.push_back({2});
  const auto trained =
      sample::train(with(kShort[0], "assign=hard,none_threshold=0,shrink=0"), found);
  ASSERT_TRUE(trained) << trained.error().message;
  const base::Matrix quality = trained->weights.matrix("task_quality", 3, 4).value();
  const base::Matrix means = trained->weights.matrix("model_means", 4, 3).value();
  for (std::size_t m = 0; m < 3; ++m) {
    EXPECT_NEAR(quality(m, 2), means(0, m), 1e-6);
    EXPECT_NEAR(quality(m, 3), means(0, m), 1e-6);  // Nor has Others any, at threshold 0.
  }
  const base::Matrix of = trained->weights.matrix("task_heads.of", -1, 2).value();
  for (std::size_t head = 0; head < of.rows(); ++head) {
    EXPECT_NE(of(head, 0), 2.0F);
  }
}

TEST(FineRouter, ModelWithoutAnyCellIsNotKnown) {
  Found found = sample::found_kinds(300);
  for (data::Examples* part : {&found.set.train, &found.set.validation}) {
    for (std::size_t row = 0; row < part->size(); ++row) {
      part->quality(row, 2) = sample::kMissing;
      part->cost_normalised(row, 2) = sample::kMissing;
    }
  }
  found.candidates = {{0, 2}, {1, 2}};
  for (const char* name : kShort) {
    for (const char* profile : {"wend", "paper"}) {
      const auto router = sample::served(with(name, fmt::format("profile={}", profile)), found);
      const core::Scores scores = sample::ask(*router, {1, 0, 0, 0, 0, 0, 0, 0});
      EXPECT_TRUE(std::isnan(scores.models[2].quality)) << name;
      EXPECT_TRUE(std::isnan(scores.models[2].cost_normalised)) << name;
      EXPECT_FALSE(scores.models[2].quality_sd.has_value()) << name;
      EXPECT_GT(scores.models[0].quality, scores.models[1].quality) << name;
    }
  }
}

/// One task, so that the first stage knows no better than the best model; good models alone, so
/// that the head of the third, which nothing has trained, would stretch every query's scale.
Found one_task_and_a_model_without_cells() {
  Found found = one_task();
  for (data::Examples* part : {&found.set.train, &found.set.validation}) {
    for (std::size_t row = 0; row < part->size(); ++row) {
      part->quality(row, 0) = 0.8F + 0.2F * part->quality(row, 0);
      part->quality(row, 1) = 0.8F + 0.2F * part->quality(row, 1);
      part->quality(row, 2) = sample::kMissing;
    }
  }
  return found;
}

/// What an artifact with another alpha would choose: mean quality on the validation rows.
double worth_at(const std::string& alpha, const ml::Artifact& trained, const Found& found) {
  ml::Artifact artifact = trained;
  const std::string key = R"("alpha":)";
  const std::size_t begin = artifact.manifest_json.find(key) + key.size();
  const std::size_t end = artifact.manifest_json.find_first_of(",}", begin);
  artifact.manifest_json.replace(begin, end - begin, alpha);
  const auto router = load_router(artifact).value();
  const data::Examples& rows = found.set.validation;
  double sum = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    core::Query query;
    query.embedding = rows.embeddings.unit.row(row);
    query.embedding_norm = rows.embeddings.norms[row];
    std::vector<float> quality;
    std::vector<float> cost;
    for (const core::ModelScore& score : router->score(query).models) {
      quality.push_back(score.quality);
      cost.push_back(score.cost_normalised);
    }
    sum += rows.quality(row, best_model(quality, cost, {1.0}).value());
  }
  return sum / static_cast<double>(rows.size());
}

TEST(FineRouter, ChoosesAlphaByTheScoresThatAreServed) {
  const Found found = one_task_and_a_model_without_cells();
  const std::string spec = with(kShort[0], "mode=paper,assign=hard,none_threshold=0");
  const auto trained = sample::train(spec, found);
  ASSERT_TRUE(trained) << trained.error().message;
  const double chosen =
      FineRouterOptions::from_json("finerouter", trained->config_json)->inference.alpha.value();
  const ml::Artifact artifact =
      sample::artifact_of(parse_router_spec(spec).value(), found.set, *trained);
  std::string best = "0.0";
  for (int step = 1; step <= 10; ++step) {
    const std::string alpha = fmt::format("{:.1f}", step / 10.0);
    best = worth_at(alpha, artifact, found) > worth_at(best, artifact, found) ? alpha : best;
  }
  EXPECT_NEAR(chosen, std::stod(best), 1e-9);
}

TEST(FineRouter, MissingCellsNeverBecomeZeros) {
  Found found = sample::found_kinds(600);
  for (std::size_t row = 0; row < found.set.train.size(); ++row) {
    if (row % 3 != 0) {
      found.set.train.quality(row, 1) = sample::kMissing;
      found.set.train.cost_normalised(row, 1) = sample::kMissing;
    }
  }
  for (const char* name : kShort) {
    const core::Scores scores = sample::ask(*sample::served(name, found), {0, 1, 0, 0, 0, 0, 0, 0});
    EXPECT_NEAR(scores.models[1].quality, 0.9, 0.15) << name;
    EXPECT_NEAR(scores.models[1].cost_normalised, 0.3, 1e-3) << name;
  }
}

TEST(FineRouter, RoutesByQualityAloneWhereNothingIsPriced) {
  Found found = sample::found_kinds(600);
  found.set.has_costs = false;
  for (data::Examples* part : {&found.set.train, &found.set.validation}) {
    part->cost_normalised = base::Matrix(part->size(), 3);
  }
  for (const char* name : kShort) {
    const core::Scores scores = sample::ask(*sample::served(name, found), {0, 1, 0, 0, 0, 0, 0, 0});
    EXPECT_EQ(scores.models[1].cost_normalised, 0) << name;
    EXPECT_GT(scores.models[1].quality, scores.models[0].quality) << name;
  }
}

TEST(FineRouter, LearnsScoresThatAreNoCorrectness) {
  Found found = sample::found_kinds(600);
  for (data::Examples* part : {&found.set.train, &found.set.validation}) {
    for (float& cell : part->quality.values()) {
      cell = 0.4F + 0.25F * cell;  // As of a reward model.
    }
  }
  const core::Scores scores =
      sample::ask(*sample::served(kShort[0], found), {1, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_NEAR(scores.models[0].quality, 0.4 + 0.25 * 0.9, 0.03);
  EXPECT_NEAR(scores.models[1].quality, 0.4 + 0.25 * 0.1, 0.03);
}

TEST(FineRouter, SaysThatTheTrainingBroke) {
  for (const char* name : kShort) {
    Found found = sample::found_kinds(60);
    found.set.train.embeddings.unit(2, 0) = sample::kMissing;
    const auto trained = sample::train(name, found);
    ASSERT_FALSE(trained) << name;
    EXPECT_THAT(trained.error().message, HasSubstr("training broke in epoch 1")) << name;
  }
}

TEST(FineRouter, SaysWhatItLacks) {
  Found found = sample::found_kinds(60);
  const auto refusal = [&](const char* spec) {
    const auto trained = sample::train(spec, found);
    return trained ? "accepted" : trained.error().message;
  };
  found.candidates.pop_back();
  EXPECT_THAT(refusal("finerouter"), HasSubstr("candidate models of each of the 2 tasks, got 1"));
  EXPECT_EQ(refusal("finerouter_tasks"), "accepted");
  found.candidates.push_back({7});
  EXPECT_THAT(refusal("finerouter"), HasSubstr("name model 7 of 3"));
  EXPECT_THAT(sample::refusal("finerouter", found.set), HasSubstr("got 0 sets"));
  found.set.taxonomy = core::Taxonomy();
  EXPECT_THAT(refusal("finerouter_tasks"), HasSubstr("no task types were found"));
  EXPECT_EQ(refusal("finerouter_general"), "accepted");
  found.set.validation = found.set.validation.rows({});
  EXPECT_THAT(refusal("finerouter_general"), HasSubstr("train has 60, validation 0"));
}

}  // namespace
}  // namespace wend::routers
