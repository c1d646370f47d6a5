// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/quality_moe.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/random.h"

namespace wend::routers {
namespace {

using Floats = std::vector<float>;

constexpr std::size_t kInputs = 5;
constexpr std::size_t kHidden = 3;
constexpr std::size_t kWidth = 2;

ml::Tensor drawn(std::vector<std::int64_t> shape, base::Random& random) {
  std::int64_t size = 1;
  for (const std::int64_t length : shape) {
    size *= length;
  }
  Floats values(static_cast<std::size_t>(size));
  for (float& value : values) {
    value = static_cast<float>(random.normal());
  }
  return {std::move(shape), std::move(values)};
}

void put_stack(ml::TensorMap& weights,
               const std::string& prefix,
               std::int64_t heads,
               base::Random& random) {
  weights.put(prefix + ".0.weight", drawn({heads, kHidden, kInputs}, random));
  weights.put(prefix + ".0.bias", drawn({heads, kHidden}, random));
  weights.put(prefix + ".1.weight", drawn({heads, kHidden}, random));
  weights.put(prefix + ".1.bias", drawn({heads}, random));
}

/// `of` lists (task, model) of the tasks' heads.
ml::TensorMap estimator(std::int64_t models, const Floats& of) {
  base::Random random(4);
  ml::TensorMap weights;
  put_stack(weights, "general", models, random);
  weights.put("general.0.embedding_weight", drawn({models, kHidden, kWidth}, random));
  weights.put("model_embedding", drawn({models, kWidth}, random));
  if (!of.empty()) {
    const auto heads = static_cast<std::int64_t>(of.size() / 2);
    put_stack(weights, "task_heads", heads, random);
    weights.put("task_heads.of", ml::Tensor({heads, 2}, of));
  }
  return weights;
}

Floats an_input() {
  return {0.3F, -1.2F, 0.7F, 2.0F, -0.4F};
}

/// sigmoid(w2 . relu(W [x ; e_m] + b1) + b2), written out.
double by_hand(const ml::TensorMap& weights,
               const std::string& prefix,
               std::size_t head,
               bool reads_embedding) {
  const auto values = [&](const std::string& name) {
    return weights.all().find(name)->second.values();
  };
  double logit = values(prefix + ".1.bias")[head];
  for (std::size_t h = 0; h < kHidden; ++h) {
    double sum = values(prefix + ".0.bias")[head * kHidden + h];
    for (std::size_t i = 0; i < kInputs; ++i) {
      sum += values(prefix + ".0.weight")[(head * kHidden + h) * kInputs + i] * an_input()[i];
    }
    for (std::size_t i = 0; reads_embedding && i < kWidth; ++i) {
      sum += values(prefix + ".0.embedding_weight")[(head * kHidden + h) * kWidth + i] *
             values("model_embedding")[head * kWidth + i];
    }
    logit += values(prefix + ".1.weight")[head * kHidden + h] * std::max(sum, 0.0);
  }
  return 1 / (1 + std::exp(-logit));
}

/// All models seen.
base::Result<QualityMoe> load(const ml::TensorMap& weights, std::size_t models, std::size_t tasks) {
  ModelMeans means;
  means.quality.assign(models, 0.5F);
  return QualityMoe::load(weights, means, tasks);
}

TEST(QualityMoe, GeneralHeadReadsTheQueryAndTheModel) {
  const ml::TensorMap weights = estimator(4, {});
  const QualityEstimate estimate = load(weights, 4, 0).value().estimate(an_input(), std::nullopt);
  for (std::size_t model = 0; model < 4; ++model) {
    EXPECT_NEAR(estimate.quality[model], by_hand(weights, "general", model, true), 1e-5);
  }
}

TEST(QualityMoe, AsksTheTasksHeadsForItsCandidatesAndTheGeneralOnesForTheRest) {
  const ml::TensorMap weights = estimator(3, {0, 2, 1, 0, 1, 1});
  const QualityMoe moe = load(weights, 3, 3).value();
  const QualityEstimate second = moe.estimate(an_input(), 1);
  EXPECT_NEAR(second.quality[0], by_hand(weights, "task_heads", 1, false), 1e-5);
  EXPECT_NEAR(second.quality[1], by_hand(weights, "task_heads", 2, false), 1e-5);
  EXPECT_NEAR(second.quality[2], by_hand(weights, "general", 2, true), 1e-5);
  EXPECT_EQ(second.task_heads_run, 2U);
  const QualityEstimate bare = moe.estimate(an_input(), 2);  // A task without heads.
  EXPECT_EQ(bare.quality, moe.estimate(an_input(), std::nullopt).quality);
  EXPECT_EQ(bare.task_heads_run, 0U);
}

TEST(QualityMoe, RunsAsManyHeadsAsThereAreModelsHoweverManyTasks) {
  constexpr std::size_t kModels = 11;
  for (const std::size_t tasks : {4U, 64U}) {
    Floats of;
    for (std::size_t task = 0; task < tasks; ++task) {
      for (std::size_t candidate = 0; candidate < 3; ++candidate) {
        of.push_back(static_cast<float>(task));
        of.push_back(static_cast<float>((task + candidate) % kModels));
      }
    }
    const QualityMoe moe = load(estimator(kModels, of), kModels, tasks).value();
    for (std::size_t task = 0; task < tasks; ++task) {
      const QualityEstimate estimate = moe.estimate(an_input(), task);
      EXPECT_EQ(estimate.heads_run, kModels);
      EXPECT_EQ(estimate.task_heads_run, 3U);
    }
    EXPECT_EQ(moe.estimate(an_input(), std::nullopt).heads_run, kModels);
  }
}

TEST(QualityMoe, KnowsNothingOfAModelThatWasNeverSeen) {
  const ml::TensorMap weights = estimator(3, {0, 1, 0, 2});
  ModelMeans means;
  means.quality = {0.5F, std::nanf(""), 0.5F};
  const QualityMoe moe = QualityMoe::load(weights, means, 1).value();
  const QualityMoe all = load(weights, 3, 1).value();
  for (const std::optional<std::size_t> task : {std::optional<std::size_t>(), {0}}) {
    const Floats quality = moe.estimate(an_input(), task).quality;
    const Floats expected = all.estimate(an_input(), task).quality;
    EXPECT_TRUE(std::isnan(quality[1]));
    EXPECT_EQ(quality[0], expected[0]);
    EXPECT_EQ(quality[2], expected[2]);
  }
}

TEST(QualityMoe, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(load(estimator(3, {}), 4, 0));
  EXPECT_FALSE(load(estimator(3, {0, 3}), 3, 1));
  EXPECT_FALSE(load(estimator(3, {1, 0}), 3, 1));
  EXPECT_FALSE(load(estimator(3, {0.5F, 0}), 3, 1));
  EXPECT_FALSE(load(estimator(3, {-1, 0}), 3, 1));
  EXPECT_FALSE(load(estimator(3, {std::nanf(""), 0}), 3, 1));
  ml::TensorMap narrow = estimator(3, {0, 0});
  narrow.put("task_heads.0.weight", ml::Tensor({1, 3, 1}, Floats{1, 1, 1}));
  EXPECT_FALSE(load(narrow, 3, 1));
}

}  // namespace
}  // namespace wend::routers
