// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/train_new_model.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/routers/train_sample.h"
#include "wend/routers/trouter/input.h"
#include "wend/routers/trouter/options.h"

namespace wend::routers {
namespace {

constexpr const char* kSpec = "trouter{epochs=3,epoch_steps=5,lr=0.003}";

/// The sample's two kinds of query as leaves 0 and 1.
data::TrainingSet two_kinds() {
  data::TrainingSet set = sample::training_set(sample::planted(200, 1), sample::planted(60, 2));
  std::vector<core::TaskNode> nodes(2);
  nodes[0].id = nodes[0].name = "first";
  nodes[1].id = nodes[1].name = "second";
  set.taxonomy = core::Taxonomy::build(nodes).value();
  base::Matrix texts(2, set.train.embeddings.unit.columns());
  texts(0, 0) = texts(1, 1) = 1;
  set.task_embeddings = data::Embeddings::from_pooled(texts);
  for (data::Examples* part : {&set.train, &set.validation}) {
    for (std::size_t row = 0; row < part->size(); ++row) {
      const auto vector = part->embeddings.unit.row(row);
      part->labels[row] = {
          {static_cast<std::uint32_t>(row), vector[0] > vector[1] ? 0U : 1U, 1.0F}};
    }
  }
  return set;
}

/// A new model that is right on the first kind alone, and costs .3.
struct World {
  data::TrainingSet set = two_kinds();
  ml::Artifact artifact = sample::artifact_of(
      parse_router_spec("trouter").value(), set, sample::train(kSpec, set).value());
  RouterManifest manifest = RouterManifest::parse(artifact.manifest_json).value();
  base::Matrix inputs;
  base::Matrix metrics = base::Matrix(40, 2);

  World() {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < metrics.rows(); ++row) {
      rows.push_back(row);
      metrics(row, 0) = set.train.labels[row][0].node == 0 ? 1.0F : 0.0F;
      metrics(row, 1) = 0.3F;
    }
    const TRouterOptions options = TRouterOptions::from_json(manifest.config_json).value();
    inputs = network_inputs(set.train.embeddings.rows(rows), options.training.input);
  }

  ml::TensorMap added() { return add_model(manifest, artifact.weights, {inputs, metrics}).value(); }

  /// The router of the artifact with the model "new" in it.
  std::unique_ptr<Router> router(const ml::TensorMap& weights) {
    RouterManifest longer = manifest;
    longer.models.push_back({"new", {}, {}, {}});
    return load_router({longer.to_json(), weights}).value();
  }
};

TEST(AddModel, OldModelsScoreAsBeforeAndTheNewOneByItsOutcomes) {
  World world;
  const auto before = load_router(world.artifact).value();
  const auto after = world.router(world.added());
  const std::size_t models = world.manifest.models.size();
  for (const std::vector<float>& vector :
       {std::vector<float>{1, 0, 0, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0, 0, 0}}) {
    const core::Scores old = sample::ask(*before, vector);
    const core::Scores now = sample::ask(*after, vector);
    ASSERT_EQ(now.models.size(), models + 1);
    for (std::size_t m = 0; m < models; ++m) {
      EXPECT_EQ(now.models[m].quality, old.models[m].quality);
      EXPECT_EQ(now.models[m].cost_normalised, old.models[m].cost_normalised);
      EXPECT_EQ(now.models[m].quality_sd, old.models[m].quality_sd);
    }
    EXPECT_NEAR(now.models[models].cost_normalised, 0.3F, 0.1F);
    EXPECT_GT(*now.models[models].quality_sd, 0);
  }
  const core::Scores first = sample::ask(*after, {1, 0, 0, 0, 0, 0, 0, 0});
  const core::Scores second = sample::ask(*after, {0, 1, 0, 0, 0, 0, 0, 0});
  EXPECT_GT(first.models[models].quality, second.models[models].quality + 0.2F);
}

TEST(AddModel, EveryOtherByteStaysAndTwoRunsAgree) {
  World world;
  const ml::TensorMap weights = world.added();
  for (const auto& [name, old] : world.artifact.weights.all()) {
    const ml::Tensor& now = weights.all().find(name)->second;
    const bool grows =
        name.starts_with("heads.") || name == "table" || name.starts_with("quality_");
    if (!grows) {
      EXPECT_EQ(now.shape(), old.shape()) << name;
      EXPECT_TRUE(std::ranges::equal(now.values(), old.values())) << name;
      continue;
    }
    // Metric by metric, the old rows stand first and the new one last.
    const std::size_t groups = name.starts_with("quality_") ? 1 : 2;
    const std::size_t before = old.values().size() / groups;
    const std::size_t after = now.values().size() / groups;
    for (std::size_t group = 0; group < groups; ++group) {
      EXPECT_TRUE(std::ranges::equal(now.values().subspan(group * after, before),
                                     old.values().subspan(group * before, before)))
          << name;
    }
  }
  const ml::TensorMap again = world.added();
  EXPECT_TRUE(std::ranges::equal(again.all().find("table")->second.values(),
                                 weights.all().find("table")->second.values()));
}

TEST(AddModel, LearnsFromWhatIsThereAndRefusesNothing) {
  World world;
  for (std::size_t row = 10; row < world.metrics.rows(); ++row) {
    world.metrics(row, 1) = std::nanf("");
  }
  EXPECT_TRUE(add_model(world.manifest, world.artifact.weights, {world.inputs, world.metrics}));
  for (std::size_t row = 0; row < world.metrics.rows(); ++row) {
    world.metrics(row, 1) = std::nanf("");
  }
  const auto refused =
      add_model(world.manifest, world.artifact.weights, {world.inputs, world.metrics});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("has a cost"));
}

}  // namespace
}  // namespace wend::routers
