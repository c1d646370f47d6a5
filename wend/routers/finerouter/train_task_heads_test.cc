// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/train_task_heads.h"

#include <cmath>
#include <span>

#include <gtest/gtest.h>

#include "wend/routers/finerouter/quality_moe.h"
#include "wend/routers/finerouter/train_general_heads.h"
#include "wend/routers/finerouter/train_sample.h"
#include "wend/routers/trouter/input.h"

namespace wend::routers {
namespace {

/// Two tasks over the same vectors, of which each says the opposite of the other: what a general
/// head learns is right for neither. Models "a" and "b" are their candidates, "c" is nobody's.
struct Contradiction {
  data::TrainingSet set;
  std::vector<std::vector<std::size_t>> candidates = {{0, 1}, {1, 0, 1}};
  RowTasks train;
  RowTasks validation;

  static Contradiction of(std::size_t rows) {
    Contradiction world;
    world.set = sample::training_set(sample::planted(rows, 1), sample::planted(rows / 2, 2));
    world.train = contradict(world.set.train);
    world.validation = contradict(world.set.validation);
    return world;
  }

  static RowTasks contradict(data::Examples& rows) {
    RowTasks tasks(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (row % 10 == 0) {
        continue;  // Nobody's.
      }
      tasks[row] = row % 2;
      for (const std::size_t model : {0U, 1U}) {
        float& cell = rows.quality(row, model);
        cell = row % 2 == 0 ? cell : 1 - cell;
      }
    }
    return tasks;
  }

  TrainContext context() const {
    TrainContext context{set};
    context.task_candidates = &candidates;
    return context;
  }

  ml::TensorMap first_phase(const QualityOptions& options) const {
    ml::TensorMap weights;
    CHECK(train_general_heads(options, context(), weights), "the first phase failed");
    return weights;
  }

  TaskHeadReport second_phase(const QualityOptions& options, ml::TensorMap& weights) const {
    return train_task_heads(options, {train, validation}, context(), weights).value();
  }
};

QualityOptions options_with(double pull) {
  QualityOptions options;
  options.hidden = 16;
  options.batch = 64;
  options.pull = pull;
  options.task.learning_rate = 3e-3;
  return options;
}

TEST(TaskHeads, LearnWhatContradictsTheGeneralHeadAndFreezeTheRest) {
  const Contradiction world = Contradiction::of(600);
  const QualityOptions options = options_with(1e-4);
  ml::TensorMap weights = world.first_phase(options);
  const ml::TensorMap before = weights;
  const TaskHeadReport report = world.second_phase(options, weights);
  EXPECT_EQ(report.heads, 4U);
  EXPECT_GT(report.best_epoch, 0U);
  EXPECT_LT(report.best_loss, 0.6 * report.first_loss);
  for (const auto& [name, tensor] : before.all()) {
    EXPECT_TRUE(std::ranges::equal(std::as_bytes(tensor.values()),
                                   std::as_bytes(weights.all().find(name)->second.values())))
        << name;
  }
  EXPECT_EQ(weights.all().size(), before.all().size() + 5);
}

TEST(TaskHeads, ServedAreTheHeadsThatWereJudged) {
  const Contradiction world = Contradiction::of(300);
  const QualityOptions options = options_with(1e-4);
  ml::TensorMap weights = world.first_phase(options);
  const TaskHeadReport report = world.second_phase(options, weights);
  const QualityMoe moe = QualityMoe::load(weights, ModelMeans::of(world.set.train), 2).value();
  const data::Examples& rows = world.set.validation;
  const base::Matrix inputs = network_inputs(rows.embeddings, options.input);
  double sum = 0;
  double cells = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto task = world.validation[row];
    const QualityEstimate estimate = moe.estimate(inputs.row(row), task);
    for (std::size_t model = 0; task && model < 2; ++model) {
      sum += std::pow(estimate.quality[model] - rows.quality(row, model), 2);
      ++cells;
    }
  }
  EXPECT_NEAR(sum / cells, report.best_loss, 1e-5);
}

/// Their predictions are no numbers, and no errors of zero.
TEST(TaskHeads, SayThatTheTrainingBroke) {
  Contradiction world = Contradiction::of(300);
  const QualityOptions options = options_with(0);
  ml::TensorMap weights = world.first_phase(options);
  world.set.train.embeddings.unit(2, 0) = sample::kMissing;
  const auto report =
      train_task_heads(options, {world.train, world.validation}, world.context(), weights);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message,
            "training the task heads broke in epoch 1; a smaller task_lr may help");
}

/// Mean distance of the task heads' first layers from the general ones they began as.
double moved(const Contradiction& world, double pull) {
  const QualityOptions options = options_with(pull);
  ml::TensorMap weights = world.first_phase(options);
  world.second_phase(options, weights);
  const auto heads = weights.all().find("task_heads.0.weight")->second.values();
  const auto general = weights.all().find("general.0.weight")->second.values();
  const base::Matrix of = weights.matrix("task_heads.of").value();
  const std::size_t size = heads.size() / of.rows();
  double sum = 0;
  for (std::size_t i = 0; i < heads.size(); ++i) {
    const auto model = static_cast<std::size_t>(of(i / size, 1));
    sum += std::pow(heads[i] - general[model * size + i % size], 2);
  }
  return std::sqrt(sum / static_cast<double>(of.rows()));
}

TEST(TaskHeads, StayNearTheGeneralHeadTheHarderTheyArePulled) {
  const Contradiction world = Contradiction::of(300);
  const double free = moved(world, 0);
  const double pulled = moved(world, 3);
  EXPECT_GT(free, 2 * pulled);
  EXPECT_GT(pulled, 0);
}

TEST(TaskHeads, OnlyWhereATaskHasEnoughCellsOfAModel) {
  Contradiction world = Contradiction::of(300);
  for (std::size_t row = 0; row < world.set.train.size(); ++row) {
    if (world.train[row] == 1U && row > 60) {
      world.set.train.quality(row, 0) = sample::kMissing;
    }
  }
  QualityOptions options = options_with(0);
  options.min_train = 100;
  ml::TensorMap weights = world.first_phase(options);
  EXPECT_EQ(world.second_phase(options, weights).heads, 3U);
  options.min_train = 1000;
  ml::TensorMap none = world.first_phase(options);
  EXPECT_EQ(world.second_phase(options, none).heads, 0U);
  EXPECT_FALSE(none.has("task_heads.of"));
  EXPECT_TRUE(QualityMoe::load(none, ModelMeans::of(world.set.train), 2));
}

TEST(TaskHeads, StayTheGeneralOnesWhereValidationCannotJudgeThem) {
  Contradiction world = Contradiction::of(300);
  std::ranges::fill(world.validation, std::nullopt);
  const QualityOptions options = options_with(0);
  ml::TensorMap weights = world.first_phase(options);
  const TaskHeadReport report = world.second_phase(options, weights);
  EXPECT_EQ(report.best_epoch, 0U);
  const QualityMoe moe = QualityMoe::load(weights, ModelMeans::of(world.set.train), 2).value();
  const std::vector<float> x(8, 0.5F);
  const auto of_task = moe.estimate(x, 1).quality;
  const auto general = moe.estimate(x, std::nullopt).quality;
  for (std::size_t model = 0; model < 3; ++model) {
    EXPECT_NEAR(of_task[model], general[model], 1e-5);
  }
}

}  // namespace
}  // namespace wend::routers
