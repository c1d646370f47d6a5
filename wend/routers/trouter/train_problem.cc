// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/train_problem.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "wend/routers/trouter/input.h"
#include "wend/routers/validation.h"

namespace wend::routers {
namespace {

using base::Code;

constexpr double kLatencyPercentile = 0.99;

double latency_scale(const base::Matrix& latency) {
  std::vector<float> present;
  for (const float value : latency.values()) {
    if (!std::isnan(value)) {
      present.push_back(value);
    }
  }
  if (present.empty()) {
    return 1;
  }
  const auto rank =
      static_cast<std::ptrdiff_t>(kLatencyPercentile * static_cast<double>(present.size() - 1));
  std::nth_element(present.begin(), present.begin() + rank, present.end());
  const double scale = present[static_cast<std::size_t>(rank)];
  return scale > 0 ? scale : 1;
}

float outcome_of(const data::Examples& part,
                 const Problem& problem,
                 Metric metric,
                 std::size_t row,
                 std::size_t model) {
  switch (metric) {
    case Metric::kQuality:
      return part.quality(row, model);
    case Metric::kCost:
      return part.cost_normalised(row, model);
    case Metric::kLatency: {
      // NaN must stay NaN: std::min would swallow it.
      const float latency = part.latency_s(row, model) / static_cast<float>(problem.latency_scale);
      return latency > 1.0F ? 1.0F : latency;
    }
  }
  return 0;
}

base::Matrix outcome_matrix(const data::Examples& part, const Problem& problem) {
  base::Matrix outcomes(part.size(), problem.columns());
  for (std::size_t row = 0; row < part.size(); ++row) {
    for (std::size_t h = 0; h < problem.metrics.size(); ++h) {
      for (std::size_t m = 0; m < problem.models; ++m) {
        outcomes(row, h * problem.models + m) =
            outcome_of(part, problem, problem.metrics[h], row, m);
      }
    }
  }
  return outcomes;
}

/// For each node of the taxonomy the task types that stand for it: its ancestor at the level, or,
/// for a node above the level, all the task types below it.
std::map<std::size_t, std::vector<std::size_t>> columns_of_nodes(
    const core::Taxonomy& taxonomy, const std::vector<std::size_t>& tasks) {
  std::map<std::size_t, std::size_t> column_of_task;
  for (std::size_t column = 0; column < tasks.size(); ++column) {
    column_of_task[tasks[column]] = column;
  }
  std::map<std::size_t, std::vector<std::size_t>> columns;
  const auto& nodes = taxonomy.nodes();
  for (const auto& [task, column] : column_of_task) {
    for (std::optional<std::size_t> node = task; node; node = nodes[*node].parent) {
      columns[*node].push_back(column);
    }
  }
  for (std::size_t node = 0; node < nodes.size(); ++node) {  // Below the level; parents come first.
    if (!columns.contains(node) && nodes[node].parent && columns.contains(*nodes[node].parent)) {
      columns[node] = columns.at(*nodes[node].parent);
    }
  }
  return columns;
}

base::Matrix label_matrix(const data::Examples& part,
                          const core::Taxonomy& taxonomy,
                          const std::vector<std::size_t>& tasks) {
  const auto columns = columns_of_nodes(taxonomy, tasks);
  base::Matrix labels(part.size(), tasks.size());
  for (std::size_t row = 0; row < part.size(); ++row) {
    float sum = 0;
    for (const core::TaskLabel& label : part.labels[row]) {
      const auto found = columns.find(label.node);
      if (found == columns.end()) {
        continue;
      }
      for (const std::size_t column : found->second) {
        labels(row, column) += label.weight / static_cast<float>(found->second.size());
      }
      sum += label.weight;
    }
    for (float& weight : labels.row(row)) {
      weight = sum > 0 ? weight / sum : 0;
    }
  }
  return labels;
}

ProblemPart build_part(const data::Examples& examples,
                       const data::TrainingSet& set,
                       const TrainingOptions& options,
                       const Problem& problem) {
  return {network_inputs(examples.embeddings, options.input),
          outcome_matrix(examples, problem),
          problem.tasks.empty() ? base::Matrix(examples.size(), 0)
                                : label_matrix(examples, set.taxonomy, problem.tasks)};
}

std::vector<std::vector<std::size_t>> sibling_columns(const core::Taxonomy& taxonomy,
                                                      const std::vector<std::size_t>& tasks) {
  std::vector<std::vector<std::size_t>> siblings(tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    for (std::size_t j = 0; j < tasks.size(); ++j) {
      if (i != j && taxonomy.nodes()[tasks[i]].parent == taxonomy.nodes()[tasks[j]].parent) {
        siblings[i].push_back(j);
      }
    }
  }
  return siblings;
}

std::vector<std::vector<std::size_t>> other_columns(std::size_t count) {
  std::vector<std::vector<std::size_t>> others(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      if (i != j) {
        others[i].push_back(j);
      }
    }
  }
  return others;
}

}  // namespace

base::Result<Problem> build_problem(const data::TrainingSet& set,
                                    const TrainingOptions& options,
                                    const std::vector<std::size_t>& tasks) {
  if (set.train.size() == 0 || set.validation.size() == 0) {
    return base::fail(Code::kFailedPrecondition,
                      "training needs queries in both parts; train has {}, validation {}",
                      set.train.size(),
                      set.validation.size());
  }
  Problem problem;
  problem.tasks = tasks;
  problem.models = set.models.size();
  const bool has_latency = !set.train.latency_s.empty() && !set.validation.latency_s.empty();
  problem.metrics = TRY(parse_metrics(options.metrics, {set.has_costs, has_latency}));
  problem.latency_scale = latency_scale(set.train.latency_s);
  if (!tasks.empty()) {
    const base::Matrix all = network_inputs(set.task_embeddings, options.input);
    problem.task_inputs = base::Matrix(tasks.size(), all.columns());
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      std::copy(
          all.row(tasks[i]).begin(), all.row(tasks[i]).end(), problem.task_inputs.row(i).begin());
    }
  }
  problem.train = build_part(set.train, set, options, problem);
  problem.validation = build_part(set.validation, set, options, problem);
  return problem;
}

base::Matrix smoothed_labels(const base::Matrix& labels,
                             const core::Taxonomy& taxonomy,
                             const std::vector<std::size_t>& tasks,
                             double share,
                             Smoothing smoothing) {
  const auto targets = smoothing == Smoothing::kSiblings ? sibling_columns(taxonomy, tasks)
                                                         : other_columns(tasks.size());
  base::Matrix result = labels;
  for (std::size_t row = 0; row < labels.rows(); ++row) {
    for (std::size_t column = 0; column < labels.columns(); ++column) {
      const auto mass = static_cast<float>(share) * labels(row, column);
      if (mass == 0 || targets[column].empty()) {
        continue;
      }
      result(row, column) -= mass;
      for (const std::size_t target : targets[column]) {
        result(row, target) += mass / static_cast<float>(targets[column].size());
      }
    }
  }
  return result;
}

std::vector<double> column_means(const base::Matrix& outcomes) {
  std::vector<double> means(outcomes.columns(), 0.5);
  for (std::size_t column = 0; column < outcomes.columns(); ++column) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t row = 0; row < outcomes.rows(); ++row) {
      if (!std::isnan(outcomes(row, column))) {
        sum += outcomes(row, column);
        ++count;
      }
    }
    if (count > 0) {
      means[column] = sum / static_cast<double>(count);
    }
  }
  return means;
}

double predicted_utility(const base::Matrix& predicted,
                         const Problem& problem,
                         const data::Examples& truth) {
  base::Matrix quality(predicted.rows(), problem.models);
  base::Matrix cost(predicted.rows(), problem.models);
  const bool priced = problem.metrics.size() > 1 && problem.metrics[1] == Metric::kCost;
  for (std::size_t row = 0; row < predicted.rows(); ++row) {
    for (std::size_t m = 0; m < problem.models; ++m) {
      quality(row, m) = predicted(row, m);
      cost(row, m) = priced ? predicted(row, problem.models + m) : 0.0F;
    }
  }
  return utility_sum(quality, cost, truth);
}

}  // namespace wend::routers
