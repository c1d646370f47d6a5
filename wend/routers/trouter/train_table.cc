// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/train_table.h"

#include <algorithm>
#include <cmath>

#include "wend/routers/trouter/stored_table.h"

namespace wend::routers {
namespace {

/// Weighted sums of one column's present cells at one task.
struct Moments {
  double weight = 0;
  double sum = 0;
  double squares = 0;

  void add(double by, double value) {
    weight += by;
    sum += by * value;
    squares += by * value * value;
  }

  double spread() const { return weight > 0 ? std::max(squares - sum * sum / weight, 0.0) : 0.0; }
};

/// (columns, tasks + 1): one entry a task, and the column's plain sums in the last.
base::BasicMatrix<Moments> gather(const TableInputs& inputs) {
  const std::size_t tasks = inputs.posterior.columns();
  base::BasicMatrix<Moments> moments(inputs.outcomes.columns(), tasks + 1);
  for (std::size_t row = 0; row < inputs.outcomes.rows(); ++row) {
    for (std::size_t column = 0; column < inputs.outcomes.columns(); ++column) {
      const double value = inputs.outcomes(row, column);
      if (std::isnan(value)) {
        continue;
      }
      const auto entries = moments.row(column);
      for (std::size_t task = 0; task < tasks; ++task) {
        entries[task].add(inputs.posterior(row, task), value);
      }
      entries[tasks].add(1, value);
    }
  }
  return moments;
}

}  // namespace

TaskTable build_table(const TableInputs& inputs, TableKind kind, double pseudo_count) {
  const std::size_t tasks = inputs.posterior.columns();
  const base::BasicMatrix<Moments> moments = gather(inputs);
  TaskTable table = {
      inputs.heads, base::Matrix(inputs.models, tasks), base::Matrix(inputs.models, tasks)};
  for (std::size_t column = 0; column < table.g.rows() && kind == TableKind::kBlend; ++column) {
    for (std::size_t task = 0; task < tasks; ++task) {
      const Moments& seen = moments.row(column)[task];
      const double total = pseudo_count + seen.weight;
      if (total > 0) {
        table.g(column, task) =
            static_cast<float>((pseudo_count * inputs.heads(column, task) + seen.sum) / total);
      }
    }
  }
  for (std::size_t model = 0; model < inputs.models; ++model) {
    const Moments& all = moments.row(model)[tasks];
    const double prior = all.weight > 0 ? all.spread() / all.weight : 0.25;
    for (std::size_t task = 0; task < tasks; ++task) {
      const Moments& seen = moments.row(model)[task];
      table.variance(model, task) = static_cast<float>((seen.spread() + kVariancePrior * prior) /
                                                       (seen.weight + kVariancePrior));
      table.count(model, task) = static_cast<float>(std::max(seen.weight, 1.0));
    }
  }
  return table;
}

}  // namespace wend::routers
