// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/metric/train.h"

#include <cmath>

#include <gtest/gtest.h>

#include "wend/routers/metric/options.h"
#include "wend/routers/train_sample.h"
#include "wend/routers/trouter/input.h"
#include "wend/routers/trouter/train_network_sample.h"

namespace wend::routers {
namespace {

data::TrainingSet set_of(std::size_t rows) {
  return sample::training_set(sample::planted(rows, 1), sample::planted(rows / 3, 2));
}

TEST(MetricRouter, ScoresAsLibtorchsForwardDoes) {
  const data::TrainingSet set = set_of(120);
  for (const char* profile : {"wend", "paper", "code"}) {
    for (const char* layers : {"2", "3"}) {
      const std::string spec = fmt::format(
          "metric{{profile={},head_layers={},epochs=3,epoch_steps=1,lr=0.003}}", profile, layers);
      const auto trained = sample::train(spec, set);
      ASSERT_TRUE(trained) << trained.error().message;
      const MetricOptions options = MetricOptions::from_json(trained->config_json).value();
      const TaskNetwork network = sample::network_of(trained->weights);
      const at::Tensor x =
          train::to_torch(network_inputs(set.validation.embeddings, options.training.input));
      const base::Matrix expected =
          train::to_matrix(apply_heads(network.heads, apply_mlp(network.query_mlp, x), 0.0).t());
      const auto router = sample::served(spec, set);
      for (std::size_t row = 0; row < set.validation.size(); ++row) {
        core::Query query;
        query.embedding = set.validation.embeddings.unit.row(row);
        query.embedding_norm = set.validation.embeddings.norms[row];
        const core::Scores scores = router->score(query);
        for (std::size_t m = 0; m < 3; ++m) {
          ASSERT_NEAR(scores.models[m].quality, expected(row, m), 1e-5) << spec;
          ASSERT_NEAR(scores.models[m].cost_normalised, expected(row, 3 + m), 1e-5) << spec;
        }
      }
    }
  }
}

TEST(MetricRouter, LearnsWithoutTaskTypes) {
  const auto router = sample::served("metric", set_of(600));
  const core::Scores first = sample::ask(*router, {1, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_GT(first.models[0].quality, first.models[1].quality + 0.4F);
  EXPECT_FALSE(first.models[0].quality_sd.has_value());
  EXPECT_TRUE(first.tasks.empty());
}

TEST(MetricRouter, SameSeedGivesTheSameBytes) {
  const data::TrainingSet set = set_of(90);
  EXPECT_EQ(sample::trained_bytes("metric{epochs=2,epoch_steps=1}", set),
            sample::trained_bytes("metric{epochs=2,epoch_steps=1}", set));
}

TEST(MetricRouter, MissingCellsNeverBecomeZeros) {
  data::TrainingSet set = set_of(300);
  for (std::size_t row = 0; row < set.train.size(); ++row) {
    if (row % 3 != 0) {
      set.train.cost_normalised(row, 1) = sample::kMissing;
    }
  }
  const auto router = sample::served("metric", set);
  EXPECT_NEAR(sample::ask(*router, {0, 1, 0, 0, 0, 0, 0, 0}).models[1].cost_normalised, 0.3, 0.06);
}

TEST(MetricRouter, SaysThatTheTrainingBroke) {
  data::TrainingSet set = set_of(60);
  set.train.embeddings.unit(2, 0) = sample::kMissing;
  const auto trained = sample::train("metric{epochs=1,epoch_steps=1}", set);
  ASSERT_FALSE(trained);
  EXPECT_NE(trained.error().message.find("training broke in epoch 1"), std::string::npos)
      << trained.error().message;
}

TEST(MetricRouter, KnowsNoOptionsOfTaskTypes) {
  EXPECT_NE(sample::refusal("metric{scorer=pairwise}", set_of(30)).find("'scorer' is unknown"),
            std::string::npos);
}

}  // namespace
}  // namespace wend::routers
