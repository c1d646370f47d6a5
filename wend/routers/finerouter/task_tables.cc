// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/task_tables.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "wend/routers/trouter/stored_table.h"

namespace wend::routers {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// Less of a row in a task is nothing: a posterior has a tail over all of them.
constexpr float kLeastWeight = 1e-4F;

struct Cell {
  double value;
  double weight;
};

/// The present cells of one model at one task.
struct Cells {
  std::vector<Cell> list;
  double weight = 0;

  void add(float value, float by) {
    list.push_back({value, by});
    weight += by;
  }

  double mean() const {
    double sum = 0;
    for (const Cell& cell : list) {
      sum += cell.weight * cell.value;
    }
    return weight > 0 ? sum / weight : kUnknown;
  }

  double variance_sum() const {
    const double middle = mean();
    double sum = 0;
    for (const Cell& cell : list) {
      sum += cell.weight * (cell.value - middle) * (cell.value - middle);
    }
    return sum;
  }

  /// The value at half of the weight; between two values, their mean.
  double median() {
    std::ranges::sort(list, {}, &Cell::value);
    double below = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
      below += list[i].weight;
      if (2 * below > weight) {
        return list[i].value;
      }
      if (2 * below == weight && i + 1 < list.size()) {
        return (list[i].value + list[i + 1].value) / 2;
      }
    }
    return list.empty() ? kUnknown : list.back().value;
  }

  double statistic(Statistic which) { return which == Statistic::kMean ? mean() : median(); }
};

/// One model's cells of one metric: at each task, and all of them.
struct Column {
  std::vector<Cells> tasks;
  Cells all;

  Column(const base::Matrix& outcomes, std::size_t model, const base::Matrix& weights)
      : tasks(weights.columns()) {
    for (std::size_t row = 0; row < outcomes.rows(); ++row) {
      const float value = outcomes(row, model);
      if (std::isnan(value)) {
        continue;
      }
      all.add(value, 1);
      for (std::size_t t = 0; t < tasks.size(); ++t) {
        if (weights(row, t) > kLeastWeight) {
          tasks[t].add(value, weights(row, t));
        }
      }
    }
  }

  /// Of every task, drawn towards that of all cells by the pseudo-count.
  void fill(Statistic which, double pseudo_count, std::span<float> out) {
    const double everywhere = all.statistic(which);
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      const double total = tasks[t].weight + pseudo_count;
      const double here = tasks[t].weight > 0 ? tasks[t].statistic(which) : everywhere;
      out[t] = static_cast<float>(
          total > 0 ? (tasks[t].weight * here + pseudo_count * everywhere) / total : everywhere);
    }
  }
};

}  // namespace

TaskTables TaskTables::build(const data::Examples& rows,
                             const base::Matrix& weights,
                             const InferenceOptions& options) {
  const std::size_t models = rows.quality.columns();
  const base::Matrix empty(models, weights.columns());
  TaskTables tables = {empty, empty, empty, empty};
  for (std::size_t model = 0; model < models; ++model) {
    Column(rows.cost_normalised, model, weights)
        .fill(Statistic::kMean, options.shrink, tables.cost.row(model));
    Column quality(rows.quality, model, weights);
    quality.fill(options.statistic, options.shrink, tables.quality.row(model));
    const double prior = quality.all.weight > 0 ? quality.all.variance_sum() / quality.all.weight
                                                : 0.25;  // That of a coin.
    for (std::size_t t = 0; t < weights.columns(); ++t) {
      const Cells& seen = quality.tasks[t];
      tables.variance(model, t) = static_cast<float>(
          (seen.variance_sum() + kVariancePrior * prior) / (seen.weight + kVariancePrior));
      tables.count(model, t) = static_cast<float>(std::max(seen.weight, 1.0));
    }
  }
  return tables;
}

void TaskTables::store(ml::TensorMap& weights) const {
  weights.put("task_quality", ml::Tensor::from_matrix(quality));
  weights.put("task_cost", ml::Tensor::from_matrix(cost));
  weights.put("task_variance", ml::Tensor::from_matrix(variance));
  weights.put("task_count", ml::Tensor::from_matrix(count));
}

base::Result<TaskTables> TaskTables::load(const ml::TensorMap& weights,
                                          std::size_t models,
                                          std::size_t tasks) {
  const auto rows = static_cast<std::int64_t>(models);
  const auto columns = static_cast<std::int64_t>(tasks + 1);
  TaskTables tables = {TRY(weights.matrix("task_quality", rows, columns)),
                       TRY(weights.matrix("task_cost", rows, columns)),
                       TRY(weights.matrix("task_variance", rows, columns)),
                       TRY(weights.matrix("task_count", rows, columns))};
  const auto at_least = [](float least) { return [least](float value) { return value >= least; }; };
  if (!std::ranges::all_of(tables.variance.values(), at_least(0)) ||
      !std::ranges::all_of(tables.count.values(), at_least(1))) {
    return base::fail(base::Code::kDataLoss,
                      "expected task_variance of at least 0 and task_count of at least 1");
  }
  return tables;
}

float TaskTables::standard_error(std::size_t model, std::span<const float> task_weights) const {
  double sum = 0;
  for (std::size_t t = 0; t < task_weights.size(); ++t) {
    sum += static_cast<double>(task_weights[t] * variance(model, t) / count(model, t));
  }
  return static_cast<float>(std::sqrt(sum));
}

}  // namespace wend::routers
