// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/knn/train.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/routers/train_sample.h"
#include "wend/routers/validation.h"

namespace wend::routers {
namespace {

using sample::kMissing;
using testing::HasSubstr;

/// Three rows along the axes; two models.
data::TrainingSet axes() {
  const auto rows = sample::examples({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
                                     {{1, 0}, {0, 1}, {0, 0}},
                                     {{0.1F, 0.2F}, {0.3F, 0.4F}, {0.5F, 0.6F}});
  return sample::training_set(rows, rows);
}

TEST(Knn, GivesTheNearestRowsOutcomesAtKOne) {
  const auto router = sample::served("knn{k=1,temperature=inf}", axes());
  const core::Scores scores = sample::ask(*router, {0.6F, 0.8F, 0});
  EXPECT_EQ(scores.models[0].quality, 0.0F);
  EXPECT_EQ(scores.models[1].quality, 1.0F);
  EXPECT_EQ(scores.models[1].cost_normalised, 0.4F);
  EXPECT_NEAR(scores.models[1].cost.value(), 0.8, 1e-6);
  EXPECT_FALSE(scores.models[1].quality_sd);  // One neighbour tells no spread.
}

TEST(Knn, WeighsEquallyAtInfiniteTemperature) {
  const auto router = sample::served("knn{k=2,temperature=inf}", axes());
  const core::Scores scores = sample::ask(*router, {0.6F, 0.8F, 0});
  EXPECT_FLOAT_EQ(scores.models[0].quality, 0.5F);
  EXPECT_FLOAT_EQ(scores.models[0].cost_normalised, 0.2F);
  EXPECT_NEAR(scores.models[0].quality_sd.value(), std::sqrt(0.25 / 2), 1e-6);
}

TEST(Knn, WeighsBySoftmaxOfTheCosine) {
  const auto router = sample::served("knn{k=2,temperature=0.2}", axes());
  const core::Scores scores = sample::ask(*router, {0.6F, 0.8F, 0});
  const double near = 1 / (1 + std::exp(-1.0));  // Cosines .8 and .6: one temperature apart.
  EXPECT_NEAR(scores.models[1].quality, near, 1e-6);
  const double effective = 1 / (near * near + (1 - near) * (1 - near));
  EXPECT_NEAR(scores.models[1].quality_sd.value(), std::sqrt(near * (1 - near) / effective), 1e-6);
}

TEST(Knn, RenormalisesOverPresentCellsAndFallsBackToTheMean) {
  data::TrainingSet set = axes();
  set.train.quality(1, 0) = kMissing;
  const auto two = sample::served("knn{k=2,temperature=inf}", set);
  EXPECT_EQ(sample::ask(*two, {0.6F, 0.8F, 0}).models[0].quality, 1.0F);
  const auto one = sample::served("knn{k=1,temperature=inf}", set);
  EXPECT_EQ(sample::ask(*one, {0, 1, 0}).models[0].quality, 0.5F);
  EXPECT_EQ(sample::ask(*one, {0, 1, 0}).models[1].quality, 1.0F);
}

TEST(Knn, KeepsAModelThatIsMissingEverywhereUnknown) {
  data::TrainingSet set = axes();
  for (std::size_t row = 0; row < 3; ++row) {
    set.train.quality(row, 1) = kMissing;
  }
  const auto router = sample::served("knn", set);
  EXPECT_TRUE(std::isnan(sample::ask(*router, {1, 0, 0}).models[1].quality));
}

TEST(Knn, TakesAllRowsWhenKIsHuge) {
  const data::TrainingSet set = axes();
  const auto trained = sample::train("knn{k=1000000,temperature=inf}", set);
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_EQ(trained->config_json, R"({"k":3,"temperature":"inf"})");
  const auto router = sample::served("knn{k=1000000,temperature=inf}", set);
  EXPECT_NEAR(sample::ask(*router, {1, 0, 0}).models[0].quality, 1.0 / 3, 1e-6);
}

TEST(Knn, WorksWithOneModelOneRowAndNoValidation) {
  const auto row = sample::examples({{1, 0}}, {{0.5F}}, {{0.25F}});
  data::Examples nothing;
  nothing.quality = base::Matrix(0, 1);
  nothing.cost_normalised = base::Matrix(0, 1);
  nothing.embeddings.unit = base::Matrix(0, 2);
  const auto router = sample::served("knn", sample::training_set(row, nothing));
  EXPECT_EQ(sample::ask(*router, {0, 1}).models[0].quality, 0.5F);
}

TEST(Knn, FindsThePlantedStructureByItsOwnChoiceOfKAndTemperature) {
  const data::TrainingSet set =
      sample::training_set(sample::planted(600, 1), sample::planted(200, 2));
  const auto trained = sample::train("knn", set);
  ASSERT_TRUE(trained) << trained.error().message;
  const data::TrainingSet fresh =
      sample::training_set(sample::planted(600, 1), sample::planted(600, 3));
  const double knn = utility_sum(*sample::served("knn", set), fresh);
  const double best_static = utility_sum(*sample::served("best_static", set), fresh);
  EXPECT_GT(knn, best_static + 0.2);
  EXPECT_NEAR(
      trained->report.validation_utility_sum, utility_sum(*sample::served("knn", set), set), 1e-5);
}

TEST(Knn, ChoosesTheLargestKWhenAllIsConstant) {
  const std::vector<std::vector<float>> same(50, {0.5F, 0.5F});
  std::vector<std::vector<float>> vectors;
  for (int i = 0; i < 50; ++i) {
    vectors.push_back({std::cos(static_cast<float>(i)), std::sin(static_cast<float>(i))});
  }
  const auto rows = sample::examples(vectors, same, same);
  const auto trained = sample::train("knn", sample::training_set(rows, rows));
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_EQ(trained->config_json, R"({"k":40,"temperature":"inf"})");
}

TEST(Knn, CarriesLatencyWhereTheOutcomesHaveIt) {
  data::TrainingSet set = axes();
  set.train.latency_s = sample::matrix_of({{1, 2}, {3, kMissing}, {5, 6}});
  const auto router = sample::served("knn{k=1,temperature=inf}", set);
  EXPECT_EQ(sample::ask(*router, {0, 1, 0}).models[0].latency_s, 3.0F);
  EXPECT_EQ(sample::ask(*router, {0, 1, 0}).models[1].latency_s, 4.0F);
}

TEST(Knn, GivesEqualBytesOnAnyNumberOfThreads) {
  const data::TrainingSet set =
      sample::training_set(sample::planted(150, 1), sample::planted(60, 2));
  EXPECT_EQ(sample::trained_bytes("knn", set), sample::trained_bytes("knn", set));
  TrainContext one{set};
  one.threads = 1;
  TrainContext three{set};
  three.threads = 3;
  const RouterSpec spec = parse_router_spec("knn").value();
  EXPECT_EQ(train_router(spec, one).value().config_json,
            train_router(spec, three).value().config_json);
}

TEST(Knn, RefusesOptionsThatMakeNoSense) {
  const data::TrainingSet set = axes();
  EXPECT_THAT(sample::refusal("knn{k=0}", set), HasSubstr("option 'k' is '0'"));
  EXPECT_THAT(sample::refusal("knn{k=2.5}", set), HasSubstr("whole number"));
  EXPECT_THAT(sample::refusal("knn{temperature=0}", set), HasSubstr("or inf for equal weights"));
  EXPECT_THAT(sample::refusal("knn{temperature=nan}", set), HasSubstr("or inf for equal weights"));
  EXPECT_THAT(sample::refusal("knn{temprature=1}", set),
              HasSubstr("'temprature' is unknown (did you mean 'temperature'?)"));
}

TEST(Knn, RefusesAnArtifactWhoseTensorsDoNotFit) {
  const data::TrainingSet set = axes();
  const TrainedRouter trained = sample::train("knn", set).value();
  const auto refusal_with = [&](const std::string& name, const ml::Tensor& tensor) {
    ml::Artifact artifact = sample::artifact_of(parse_router_spec("knn").value(), set, trained);
    artifact.weights.put(name, tensor);
    const auto router = load_router(artifact);
    return router ? "accepted" : router.error().message;
  };
  EXPECT_THAT(refusal_with("train_quality", ml::Tensor({2, 2}, {0, 0, 0, 0})),
              HasSubstr("tensor 'train_quality' has shape (2, 2); expected (3, 2)"));
  EXPECT_THAT(refusal_with("train_vectors", ml::Tensor({3, 1}, {0, kMissing, 0})),
              HasSubstr("'train_vectors' holds what is no number"));
  EXPECT_THAT(refusal_with("model_means", ml::Tensor({8}, std::vector<float>(8))),
              HasSubstr("tensor 'model_means'"));
}

}  // namespace
}  // namespace wend::routers
