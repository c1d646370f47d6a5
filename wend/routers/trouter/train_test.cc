// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/train.h"

#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/routers/train_sample.h"
#include "wend/routers/trouter/input.h"
#include "wend/routers/trouter/options.h"
#include "wend/routers/trouter/train_network_sample.h"
#include "wend/routers/trouter/train_query_heads.h"
#include "wend/routers/trouter/train_table.h"
#include "wend/routers/validation.h"

namespace wend::routers {
namespace {

/// The sample's two kinds of query as leaves 1 and 2 under one domain.
data::TrainingSet labelled_set(std::size_t rows = 120) {
  data::TrainingSet set =
      sample::training_set(sample::planted(rows, 1), sample::planted(rows / 3, 2));
  std::vector<core::TaskNode> nodes(3);
  nodes[0].id = "all";
  nodes[1].id = "first";
  nodes[2].id = "second";
  for (core::TaskNode& node : nodes) {
    node.name = node.id + " kind";
  }
  nodes[1].parent = nodes[2].parent = 0;
  set.taxonomy = core::Taxonomy::build(nodes).value();
  base::Matrix texts(3, set.train.embeddings.unit.columns());
  texts(0, 0) = texts(0, 1) = texts(1, 0) = texts(2, 1) = 1;
  set.task_embeddings = data::Embeddings::from_pooled(texts);
  for (data::Examples* part : {&set.train, &set.validation}) {
    for (std::size_t row = 0; row < part->size(); ++row) {
      const auto vector = part->embeddings.unit.row(row);
      const std::uint32_t leaf = vector[0] > vector[1] ? 1 : 2;
      part->labels[row] = {{static_cast<std::uint32_t>(row), leaf, 1.0F}};
    }
  }
  return set;
}

TrainedRouter train_of(const std::string& spec, const data::TrainingSet& set) {
  auto trained = sample::train(spec, set);
  CHECK(trained, "{}", trained.error().message);
  return *std::move(trained);
}

/// libtorch's forward on the validation rows: (n, metrics x models).
base::Matrix torch_predictions(const TrainedRouter& trained, const data::TrainingSet& set) {
  const at::NoGradGuard no_grad;
  const TRouterOptions options = TRouterOptions::from_json(trained.config_json).value();
  const TaskNetwork network = sample::network_of(trained.weights);
  const at::Tensor e_q =
      apply_mlp(network.query_mlp,
                train::to_torch(network_inputs(set.validation.embeddings, options.training.input)));
  const at::Tensor e_t =
      apply_mlp(network.task_mlp, sample::tensor_of(trained.weights, "task_inputs"));
  const at::Tensor l = at::softmax(task_scores(network, options.scorer, e_q, e_t) / options.tau, 1);
  if (!options.assumption1) {
    const at::Tensor g = apply_query_heads(network.heads, e_q, e_t, 0.0);
    return train::to_matrix((l.unsqueeze(2) * g).sum(1));
  }
  const at::Tensor g = options.table == TableKind::kHead
                           ? apply_heads(network.heads, e_t, 0.0)
                           : sample::tensor_of(trained.weights, "table");
  return train::to_matrix(at::mm(l, g.t()));
}

void expect_agreement(const Router& router,
                      const base::Matrix& expected,
                      const data::TrainingSet& set,
                      const std::string& spec) {
  const std::size_t models = set.models.size();
  float worst = 0;
  for (std::size_t row = 0; row < set.validation.size(); ++row) {
    core::Query query;
    query.embedding = set.validation.embeddings.unit.row(row);
    query.embedding_norm = set.validation.embeddings.norms[row];
    const core::Scores scores = router.score(query);
    for (std::size_t m = 0; m < models; ++m) {
      worst = std::max(worst, std::abs(scores.models[m].quality - expected(row, m)));
      worst =
          std::max(worst, std::abs(scores.models[m].cost_normalised - expected(row, models + m)));
    }
  }
  EXPECT_LT(worst, 1e-5F) << spec;
}

TEST(TRouter, ScoresAsLibtorchsForwardDoes) {
  const data::TrainingSet set = labelled_set();
  for (const char* profile : {"wend", "paper", "code"}) {
    for (const char* scorer : {"pairwise", "concat_all", "bilinear"}) {
      const std::string spec = fmt::format(
          "trouter{{profile={},scorer={},epochs=3,epoch_steps=1,lr=0.003}}", profile, scorer);
      const TrainedRouter trained = train_of(spec, set);
      const auto artifact = sample::artifact_of(parse_router_spec(spec).value(), set, trained);
      const auto router = load_router(artifact);
      ASSERT_TRUE(router) << router.error().message;
      expect_agreement(**router, torch_predictions(trained, set), set, spec);
    }
  }
}

TEST(TRouter, WithoutAssumption1ScoresAsLibtorchDoesAndIsNotServed) {
  const data::TrainingSet set = labelled_set();
  for (const char* layers : {"2", "3"}) {
    const std::string spec = fmt::format(
        "trouter{{assumption1=off,epochs=3,epoch_steps=1,lr=0.003,head_layers={}}}", layers);
    const TrainedRouter trained = train_of(spec, set);
    ASSERT_NE(trained.unservable, nullptr);
    expect_agreement(*trained.unservable, torch_predictions(trained, set), set, spec);
  }
}

TEST(TRouter, CodeProfileHasTheAuthorsNumberOfParameters) {
  NetworkShape shape;
  shape.inputs = 384;
  shape.width = 384;
  shape.tasks = 447;
  shape.columns = 6 * 2;
  shape.head_layers = 3;
  EXPECT_EQ(make_task_network(shape, 1).parameter_count(), 2632717U);
}

TEST(TRouter, SameSeedGivesTheSameBytes) {
  const data::TrainingSet set = labelled_set();
  for (const char* spec : {"trouter{epochs=2,epoch_steps=1}", "trouter{profile=code,epochs=2}"}) {
    EXPECT_EQ(sample::trained_bytes(spec, set), sample::trained_bytes(spec, set)) << spec;
  }
  data::TrainingSet other = set;
  other.seed = 2;
  EXPECT_NE(sample::trained_bytes("trouter{epochs=2,epoch_steps=1}", set),
            sample::trained_bytes("trouter{epochs=2,epoch_steps=1}", other));
}

TEST(TRouter, LearnsWhichModelIsGoodAtWhichTask) {
  const data::TrainingSet set = labelled_set(600);
  const auto router = sample::served("trouter", set);
  const core::Scores first = sample::ask(*router, {1, 0, 0, 0, 0, 0, 0, 0});
  const core::Scores second = sample::ask(*router, {0, 1, 0, 0, 0, 0, 0, 0});
  EXPECT_GT(first.models[0].quality, first.models[1].quality + 0.4F);
  EXPECT_GT(second.models[1].quality, second.models[0].quality + 0.4F);
  EXPECT_EQ(router->tasks()[first.tasks[0].task].id, "first");
  EXPECT_EQ(router->tasks()[second.tasks[0].task].name, "all kind > second kind");
  EXPECT_NEAR(first.models[1].cost_normalised, 0.3F, 0.05F);
  EXPECT_NEAR(first.models[1].cost.value(), 0.6, 0.1);  // The sample's currency is twice that.
  // About 300 rows a task at a rate of .9: sqrt(.09 / 300) = .017.
  EXPECT_NEAR(first.models[0].quality_sd.value(), 0.017F, 0.006F);
}

TEST(TRouter, LearnsTheTaskTypesOfAFewDozenRows) {
  const data::TrainingSet set = labelled_set(48);  // One minibatch a pass.
  const auto router = sample::served("trouter", set);
  for (const auto& [vector, id] :
       {std::pair(std::vector<float>{1, 0, 0, 0, 0, 0, 0, 0}, "first"),
        std::pair(std::vector<float>{0, 1, 0, 0, 0, 0, 0, 0}, "second")}) {
    const core::Scores scores = sample::ask(*router, vector);
    EXPECT_EQ(router->tasks()[scores.tasks[0].task].id, id);
    EXPECT_GT(scores.tasks[0].weight, 0.8F);
  }
}

TEST(TRouter, FewShotsAreTheFirstRowsOfEachTaskType) {
  const data::TrainingSet set = labelled_set(200);
  data::TrainingSet few = set;
  few.train = data::few_shots(set.train, 6);
  few.validation = data::few_shots(set.validation, 2);
  ASSERT_EQ(few.train.size(), 12U);
  const TrainedRouter trained = sample::train("trouter{shots=6}", set).value();
  const TrainedRouter same = sample::train("trouter", few).value();
  EXPECT_EQ(sample::tensor_of(trained.weights, "table").sum().item<float>(),
            sample::tensor_of(same.weights, "table").sum().item<float>());
  EXPECT_NE(sample::trained_bytes("trouter", set), sample::trained_bytes("trouter{shots=6}", set));
}

TEST(TRouter, MissingCellsNeverBecomeZeros) {
  data::TrainingSet set = labelled_set(300);
  for (data::Examples* part : {&set.train, &set.validation}) {
    for (std::size_t row = 0; row < part->size(); ++row) {
      if (row % 3 != 0) {
        part->cost_normalised(row, 1) = sample::kMissing;
        part->quality(row, 1) = sample::kMissing;
      }
    }
  }
  const auto router = sample::served("trouter", set);
  const core::Scores second = sample::ask(*router, {0, 1, 0, 0, 0, 0, 0, 0});
  EXPECT_NEAR(second.models[1].cost_normalised, 0.3F, 0.06F);
  EXPECT_GT(second.models[1].quality, 0.7F);
  // A third of the rows: the node is known less well.
  EXPECT_GT(second.models[1].quality_sd.value(), second.models[0].quality_sd.value() * 1.3F);
}

TEST(TRouter, TakesQueriesWithoutLabelsAndSeveralLabels) {
  data::TrainingSet set = labelled_set(300);
  for (std::size_t row = 0; row < set.train.size(); ++row) {
    auto& labels = set.train.labels[row];
    if (row % 4 == 0) {
      labels.clear();
    } else if (row % 4 == 1) {
      const auto other = labels[0].node == 1 ? 2U : 1U;
      labels = {{labels[0].query, labels[0].node, 0.8F}, {labels[0].query, other, 0.2F}};
    } else if (row % 4 == 2) {
      labels[0].node = 0;  // The domain: as good as both of its leaves.
    }
  }
  const auto router = sample::served("trouter", set);
  const core::Scores first = sample::ask(*router, {1, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(router->tasks()[first.tasks[0].task].id, "first");
  for (auto& labels : set.train.labels) {
    labels.clear();
  }
  EXPECT_TRUE(sample::train("trouter{epochs=2,epoch_steps=1}", set));
}

TEST(TRouter, LevelAutoKeepsTheLevelOfTheHighestValidationUtility) {
  const data::TrainingSet set = labelled_set(300);
  const TrainedRouter chosen = train_of("trouter{level=auto}", set);
  const TrainedRouter leaves = train_of("trouter{level=1}", set);
  EXPECT_EQ(chosen.config_json, leaves.config_json);  // One domain alone cannot route.
  EXPECT_EQ(chosen.report.validation_utility_sum, leaves.report.validation_utility_sum);
}

TEST(TRouter, LearnsQualityAloneWhereThereAreNoCosts) {
  data::TrainingSet set = labelled_set();
  set.has_costs = false;
  const TrainedRouter trained = train_of("trouter{epochs=2,epoch_steps=1}", set);
  EXPECT_NE(trained.config_json.find("\"metrics\":\"quality\""), std::string::npos);
  const auto router = sample::served("trouter{epochs=2,epoch_steps=1}", set);
  const core::Scores scores = sample::ask(*router, {1, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(scores.models[0].cost_normalised, 0.0F);
  EXPECT_FALSE(scores.models[0].cost.has_value());
}

TEST(TRouter, LearnsLatencyInSeconds) {
  data::TrainingSet set = labelled_set(300);
  for (data::Examples* part : {&set.train, &set.validation}) {
    part->latency_s = base::Matrix(part->size(), 3);
    for (std::size_t row = 0; row < part->size(); ++row) {
      part->latency_s(row, 0) = row % 2 == 0 ? 3.0F : sample::kMissing;
      part->latency_s(row, 1) = 9.0F;
      part->latency_s(row, 2) = 6.0F;
    }
  }
  const auto router = sample::served("trouter{metrics=quality+cost+latency}", set);
  const core::Scores scores = sample::ask(*router, {1, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_NEAR(scores.models[0].latency_s.value(), 3.0F, 0.6F);
  EXPECT_NEAR(scores.models[1].latency_s.value(), 9.0F, 0.6F);
}

TEST(TRouter, RefusesWhatItCannotTrainOn) {
  data::TrainingSet set = labelled_set();
  EXPECT_NE(sample::refusal("trouter{level=7}", set).find("levels are 0 to 1"), std::string::npos);
  set.taxonomy = core::Taxonomy();
  EXPECT_NE(sample::refusal("trouter", set).find("no task types"), std::string::npos);
  EXPECT_NE(sample::refusal("trouter{level=auto}", set).find("no task types"), std::string::npos);
  data::TrainingSet empty = labelled_set();
  empty.validation = data::Examples();
  EXPECT_NE(sample::refusal("trouter", empty).find("validation 0"), std::string::npos);
}

TEST(TRouter, RefusesManyTasksWithoutAssumption1) {
  data::TrainingSet set = labelled_set();
  std::vector<core::TaskNode> nodes(kQueryHeadTasks + 1);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    nodes[i].id = nodes[i].name = fmt::format("t{}", i);
  }
  set.taxonomy = core::Taxonomy::build(nodes).value();
  set.task_embeddings = data::Embeddings::from_pooled(
      base::Matrix(nodes.size(), set.train.embeddings.unit.columns()));
  EXPECT_NE(sample::refusal("trouter{assumption1=off}", set).find("at most 100"),
            std::string::npos);
}

TEST(TRouter, LeavesOutMaskedTasks) {
  const data::TrainingSet set = labelled_set(300);
  ml::Artifact artifact =
      sample::artifact_of(parse_router_spec("trouter").value(),
                          set,
                          train_of("trouter{epochs=3,epoch_steps=1,lr=0.003}", set));
  const auto masked = [&](std::vector<float> mask) {
    artifact.weights.put("task_mask", ml::Tensor::from_vector(mask));
    return load_router(artifact);
  };
  const auto router = masked({0, 1});
  ASSERT_TRUE(router) << router.error().message;
  const core::Scores scores = sample::ask(**router, {1, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ((*router)->tasks()[scores.tasks[0].task].id, "second");
  EXPECT_EQ(scores.tasks[0].weight, 1.0F);
  EXPECT_FALSE(masked({0, 0}));
  EXPECT_FALSE(masked({1, 0.5F}));
  EXPECT_FALSE(masked({1}));
}

TEST(TRouter, AMergedTasksWeightGoesToTheOther) {
  const data::TrainingSet set = labelled_set(300);
  ml::Artifact artifact =
      sample::artifact_of(parse_router_spec("trouter").value(),
                          set,
                          train_of("trouter{epochs=3,epoch_steps=1,lr=0.003}", set));
  const auto merged = [&](std::vector<float> targets) {
    artifact.weights.put("task_merge", ml::Tensor::from_vector(targets));
    return load_router(artifact);
  };
  const auto router = merged({1, 1});
  ASSERT_TRUE(router) << router.error().message;
  const core::Scores scores = sample::ask(**router, {1, 0, 0, 0, 0, 0, 0, 0});
  ASSERT_EQ(scores.tasks.size(), 1U);  // The other has none left to show.
  EXPECT_EQ((*router)->tasks()[scores.tasks[0].task].id, "second");
  EXPECT_FLOAT_EQ(scores.tasks[0].weight, 1.0F);
  EXPECT_TRUE(merged({0, 1}));
  for (const std::vector<float>& wrong :
       {std::vector<float>{1, 0}, {2, 1}, {-1, 1}, {0.5F, 1}, {std::nanf(""), 1}, {1}}) {
    EXPECT_FALSE(merged(wrong));
  }
  artifact.weights.put("task_mask", ml::Tensor::from_vector(std::vector<float>{1, 0}));
  EXPECT_FALSE(merged({1, 1}));  // Its weight would count for a task that has none.
}

/// The artifact with these overrides, a JSON list.
ml::Artifact with_overrides(ml::Artifact artifact, const std::string& overrides) {
  auto manifest = nlohmann::ordered_json::parse(artifact.manifest_json);
  manifest["overrides"] = nlohmann::ordered_json::parse(overrides);
  manifest["taxonomy"] = nlohmann::ordered_json::parse(
      R"({"nodes":[{"id":"all","name":"all","children":[{"id":"first","name":"first"},
          {"id":"second","name":"second"}]}]})");
  artifact.manifest_json = manifest.dump();
  return artifact;
}

TEST(TRouter, OverridesMoveScoresByWhatTheySayAndTellHowFar) {
  const data::TrainingSet set = labelled_set(300);
  const ml::Artifact artifact =
      sample::artifact_of(parse_router_spec("trouter").value(),
                          set,
                          train_of("trouter{epochs=3,epoch_steps=1,lr=0.003}", set));
  const std::vector<float> query = {1, 0, 0, 0, 0, 0, 0, 0};
  const core::Scores before = sample::ask(*load_router(artifact).value(), query);
  const std::string model = set.models[0].id;
  const auto router = load_router(with_overrides(
      artifact,
      fmt::format(R"([{{"node":"all","model":"{0}","metric":"quality","mode":"set","value":0.25}},
                     {{"node":"all","model":"{0}","metric":"cost","mode":"scale","value":0.5}},
                     {{"node":"first","model":"{0}","metric":"quality","mode":"add","value":0}}])",
                  model)));
  ASSERT_TRUE(router) << router.error().message;
  const core::Scores after = sample::ask(**router, query);
  EXPECT_NEAR(after.models[0].quality, 0.25F, 1e-6F);
  EXPECT_NEAR(after.models[0].cost_normalised, before.models[0].cost_normalised / 2, 1e-6F);
  EXPECT_EQ(after.models[1].quality, before.models[1].quality);
  ASSERT_EQ((*router)->overrides().size(), 3U);
  ASSERT_EQ(after.overrides.size(), 2U);  // An addition of nothing moved nothing.
  EXPECT_EQ(after.overrides[0].index, 0U);
  EXPECT_NEAR(after.overrides[0].moved, 0.25F - before.models[0].quality, 1e-6F);
  EXPECT_EQ(after.overrides[1].index, 1U);
}

TEST(TRouter, RefusesOverridesOfWhatItLacks) {
  const data::TrainingSet set = labelled_set();
  const ml::Artifact artifact = sample::artifact_of(
      parse_router_spec("trouter").value(), set, train_of("trouter{epochs=1,epoch_steps=1}", set));
  const auto refusal = [&](const std::string& node, const std::string& model) {
    const auto router = load_router(with_overrides(
        artifact,
        fmt::format(R"([{{"node":"{}","model":"{}","metric":"quality","mode":"add","value":0.1}}])",
                    node,
                    model)));
    return router ? "" : router.error().message;
  };
  EXPECT_EQ(refusal("first", set.models[0].id), "");
  EXPECT_NE(refusal("third", set.models[0].id).find("task type 'third'"), std::string::npos);
  EXPECT_NE(refusal("first", "nobody").find("model 'nobody'"), std::string::npos);
}

TEST(TRouter, RefusesAnArtifactWhoseTensorsDoNotFit) {
  const data::TrainingSet set = labelled_set();
  const TrainedRouter trained = train_of("trouter{epochs=1,epoch_steps=1}", set);
  const RouterSpec spec = parse_router_spec("trouter").value();
  for (const char* name : {"table", "quality_count", "scorer.0.weight", "task_inputs"}) {
    ml::Artifact artifact = sample::artifact_of(spec, set, trained);
    artifact.weights.put(name, ml::Tensor({1, 1}, std::vector<float>{0.5F}));
    const auto router = load_router(artifact);
    ASSERT_FALSE(router) << name;
    EXPECT_FALSE(router.error().message.empty());
  }
}

TEST(TaskTable, BlendMovesANodeByAsMuchAsItsRowsAreMany) {
  const base::Matrix heads = sample::matrix_of({{0.5F, 0.5F}});
  base::Matrix posterior(10, 2);
  base::Matrix outcomes(10, 1, 1.0F);
  for (std::size_t row = 0; row < 10; ++row) {
    posterior(row, 0) = 1.0F;
  }
  outcomes(9, 0) = sample::kMissing;
  const TaskTable table = build_table({heads, posterior, outcomes, 1}, TableKind::kBlend, 3);
  EXPECT_FLOAT_EQ(table.g(0, 0), (3 * 0.5F + 9) / 12);
  EXPECT_FLOAT_EQ(table.g(0, 1), 0.5F);
  EXPECT_FLOAT_EQ(table.count(0, 0), 9);
  EXPECT_FLOAT_EQ(table.count(0, 1), 1);
  const TaskTable plain = build_table({heads, posterior, outcomes, 1}, TableKind::kHead, 3);
  EXPECT_EQ(plain.g, heads);
}

}  // namespace
}  // namespace wend::routers
