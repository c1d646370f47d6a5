// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/agentic/train.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "wend/routers/agentic/options.h"
#include "wend/routers/agentic/router.h"
#include "wend/routers/model_means.h"
#include "wend/routers/trouter/options.h"
#include "wend/routers/validation.h"

namespace wend::routers {
namespace {

/// The task of each train row: where its heaviest label lies among the tasks; nothing where it has
/// none.
std::vector<std::optional<std::size_t>> task_of_rows(const data::TrainingSet& set,
                                                     const std::vector<std::size_t>& tasks) {
  std::vector<std::optional<std::size_t>> of_rows;
  for (const std::vector<core::TaskLabel>& labels : set.train.labels) {
    const auto heaviest =
        std::ranges::max_element(labels, {}, [](const core::TaskLabel& l) { return l.weight; });
    std::optional<std::size_t> task;
    if (heaviest != labels.end()) {
      for (std::optional<std::size_t> node = heaviest->node; node && !task;
           node = set.taxonomy.nodes()[*node].parent) {
        const auto found = std::ranges::find(tasks, *node);
        if (found != tasks.end()) {
          task = static_cast<std::size_t>(found - tasks.begin());
        }
      }
    }
    of_rows.push_back(task);
  }
  return of_rows;
}

/// Train rows in the order of their tasks, and where each task's begin.
struct RowsByTask {
  std::vector<std::uint32_t> rows;
  std::vector<std::size_t> begin;
};

RowsByTask by_task(const std::vector<std::optional<std::size_t>>& of_rows, std::size_t tasks) {
  RowsByTask ordered;
  for (std::size_t task = 0; task < tasks; ++task) {
    ordered.begin.push_back(ordered.rows.size());
    for (std::uint32_t row = 0; row < of_rows.size(); ++row) {
      if (of_rows[row] == task) {
        ordered.rows.push_back(row);
      }
    }
  }
  ordered.begin.push_back(ordered.rows.size());
  return ordered;
}

base::Matrix rows_of(const base::Matrix& matrix, const std::vector<std::uint32_t>& rows) {
  base::Matrix picked(rows.size(), matrix.columns());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::ranges::copy(matrix.row(rows[i]), picked.row(i).begin());
  }
  return picked;
}

/// cells (n, models) in the order of the tasks -> means (tasks, models), NaN where none is known.
base::Matrix task_means(const base::Matrix& cells, const RowsByTask& ordered) {
  base::Matrix means(ordered.begin.size() - 1, cells.columns());
  for (std::size_t task = 0; task < means.rows(); ++task) {
    for (std::size_t model = 0; model < cells.columns(); ++model) {
      double sum = 0;
      double count = 0;
      for (std::size_t i = ordered.begin[task]; i < ordered.begin[task + 1]; ++i) {
        if (!std::isnan(cells(i, model))) {
          sum += static_cast<double>(cells(i, model));
          ++count;
        }
      }
      means(task, model) = count > 0 ? static_cast<float>(sum / count) : std::nanf("");
    }
  }
  return means;
}

}  // namespace

base::Result<TrainedRouter> train_agentic_free(const RouterSpec& spec,
                                               const TrainContext& context) {
  PrototypeOptions options = TRY(PrototypeOptions::parse(spec));
  const data::TrainingSet& set = context.set;
  const ModelMeans means = ModelMeans::of(set.train);
  TRY(means.check_choosable());
  const std::vector<std::size_t> nodes = TRY(tasks_at(set.taxonomy, options.level));
  const std::vector<std::uint32_t> node_rows(nodes.begin(), nodes.end());
  const RowsByTask ordered = by_task(task_of_rows(set, nodes), nodes.size());
  const base::Matrix quality = rows_of(set.train.quality, ordered.rows);
  const base::Matrix cost = rows_of(set.train.cost_normalised, ordered.rows);

  TrainedRouter trained;
  trained.tasks = set.taxonomy.names(nodes);
  trained.weights.put("task_vectors",
                      ml::Tensor::from_matrix(rows_of(set.task_embeddings.unit, node_rows)));
  trained.weights.put("task_quality", ml::Tensor::from_matrix(task_means(quality, ordered)));
  trained.weights.put("task_cost", ml::Tensor::from_matrix(task_means(cost, ordered)));
  means.store(trained.weights);
  if (options.mode == Forecast::kWeighted) {
    trained.weights.put("train_vectors",
                        ml::Tensor::from_matrix(rows_of(set.train.embeddings.unit, ordered.rows)));
    trained.weights.put("train_quality", ml::Tensor::from_matrix(quality));
    trained.weights.put("train_cost", ml::Tensor::from_matrix(cost));
    const std::vector<float> begin(ordered.begin.begin(), ordered.begin.end());
    trained.weights.put("task_begin", ml::Tensor::from_vector(begin));
  }
  trained.config_json = options.to_json();
  const auto router = TRY(
      load_agentic_free({spec.name, set.models, set.normaliser, trained.tasks, trained.config_json},
                        trained.weights));
  trained.report.validation_utility_sum = utility_sum(*router, set);
  return trained;
}

}  // namespace wend::routers
