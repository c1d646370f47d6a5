// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/task_tables.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace wend::routers {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
using Floats = std::vector<float>;

/// Of one model.
struct World {
  data::Examples rows;
  base::Matrix weights;  ///< (n, tasks + 1)
};

World world(const Floats& quality, const std::vector<std::size_t>& task, std::size_t columns) {
  World world;
  world.rows.quality = base::Matrix(quality.size(), 1);
  world.rows.cost_normalised = base::Matrix(quality.size(), 1, 0.5F);
  world.weights = base::Matrix(quality.size(), columns);
  for (std::size_t i = 0; i < quality.size(); ++i) {
    world.rows.quality(i, 0) = quality[i];
    world.weights(i, task[i]) = 1;
  }
  return world;
}

TaskTables tables(const World& world, Statistic statistic, double shrink) {
  InferenceOptions options;
  options.statistic = statistic;
  options.shrink = shrink;
  return TaskTables::build(world.rows, world.weights, options);
}

TEST(TaskTables, MeansAreDrawnToTheModelsOwnByThePseudoCount) {
  const World w = world({1, 1, 1, 0, 0, 0, 0, 0}, {0, 0, 1, 1, 1, 1, 1, 1}, 3);
  const TaskTables plain = tables(w, Statistic::kMean, 0);
  EXPECT_FLOAT_EQ(plain.quality(0, 0), 1);
  EXPECT_FLOAT_EQ(plain.quality(0, 1), 1.0F / 6);
  EXPECT_FLOAT_EQ(plain.quality(0, 2), 3.0F / 8);  // Others has no rows.
  const TaskTables shrunk = tables(w, Statistic::kMean, 2);
  EXPECT_FLOAT_EQ(shrunk.quality(0, 0), (2 + 2 * 0.375F) / 4);
  EXPECT_FLOAT_EQ(shrunk.quality(0, 2), 3.0F / 8);
  EXPECT_FLOAT_EQ(shrunk.cost(0, 1), 0.5F);
}

TEST(TaskTables, MedianOfZerosAndOnesIsOneOfThem) {
  const TaskTables median =
      tables(world({1, 1, 0, 0, 1, 0, 0.25F}, {0, 0, 0, 1, 1, 2, 2}, 3), Statistic::kMedian, 0);
  EXPECT_FLOAT_EQ(median.quality(0, 0), 1);
  EXPECT_FLOAT_EQ(median.quality(0, 1), 0.5F);
  EXPECT_FLOAT_EQ(median.quality(0, 2), 0.125F);
}

TEST(TaskTables, MissingCellsCountForNothing) {
  const World w = world({1, kMissing, kMissing, 0}, {0, 0, 1, 2}, 3);
  for (const Statistic statistic : {Statistic::kMean, Statistic::kMedian}) {
    const TaskTables t = tables(w, statistic, 0);
    EXPECT_FLOAT_EQ(t.quality(0, 0), 1);
    EXPECT_FLOAT_EQ(t.quality(0, 1), 0.5F);
    EXPECT_FLOAT_EQ(t.count(0, 0), 1);
  }
}

TEST(TaskTables, ModelWithoutACellIsNaNThroughout) {
  World w = world({kMissing, kMissing}, {0, 1}, 2);
  w.rows.cost_normalised = base::Matrix(2, 1, kMissing);
  const TaskTables t = tables(w, Statistic::kMean, 20);
  EXPECT_TRUE(std::isnan(t.quality(0, 0)));
  EXPECT_TRUE(std::isnan(t.cost(0, 1)));
  EXPECT_TRUE(std::isfinite(t.variance(0, 0)));
}

TEST(TaskTables, RowsMayBelongToSeveralTasksInPart) {
  World w = world({1, 0}, {0, 1}, 2);
  w.weights(0, 0) = 0.75F;
  w.weights(0, 1) = 0.25F;
  const TaskTables t = tables(w, Statistic::kMean, 0);
  EXPECT_FLOAT_EQ(t.quality(0, 1), 0.25F / 1.25F);
  EXPECT_FLOAT_EQ(t.count(0, 1), 1.25F);
  EXPECT_FLOAT_EQ(tables(w, Statistic::kMedian, 0).quality(0, 1), 0);
}

TEST(TaskTables, ErrorIsOfTheMeanAndNotOfOneOutcome) {
  Floats quality(400);
  for (std::size_t i = 0; i < quality.size(); i += 2) {
    quality[i] = 1;
  }
  const World w = world(quality, std::vector<std::size_t>(400, 0), 2);
  EXPECT_NEAR(tables(w, Statistic::kMean, 0).standard_error(0, Floats{1, 0}), 0.5 / 20, 1e-4);
}

TEST(TaskTables, ReadBackWhatTheyStored) {
  const TaskTables t = tables(world({1, 0, 1}, {0, 1, 1}, 3), Statistic::kMean, 5);
  ml::TensorMap weights;
  t.store(weights);
  const TaskTables again = TaskTables::load(weights, 1, 2).value();
  EXPECT_EQ(again.quality, t.quality);
  EXPECT_EQ(again.cost, t.cost);
  EXPECT_FALSE(TaskTables::load(weights, 1, 3));
  weights.put("task_count", ml::Tensor({1, 3}, Floats{1, 0.5F, 1}));
  EXPECT_FALSE(TaskTables::load(weights, 1, 2));
}

}  // namespace
}  // namespace wend::routers
