// SPDX-License-Identifier: Apache-2.0
// A TrainingSet as the networks see it: inputs, outcomes as one matrix of (metric, model) columns,
// labels as soft targets over the chosen task types.
#pragma once

#include <cstddef>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/data/training_set.h"
#include "wend/routers/trouter/options.h"

namespace wend::routers {

/// One part, train or validation.
struct ProblemPart {
  base::Matrix inputs;    ///< (n, dim)
  base::Matrix outcomes;  ///< (n, metrics x models), in [0, 1]; NaN where missing.
  base::Matrix
      labels;  ///< (n, tasks); rows sum to 1, or to 0 where unlabelled; 0 columns without tasks.
};

struct Problem {
  std::vector<std::size_t> tasks;  ///< Nodes of the taxonomy; empty for a router without tasks.
  base::Matrix task_inputs;        ///< (tasks, dim)
  std::vector<Metric> metrics;
  std::size_t models = 0;
  double latency_scale = 1;  ///< Seconds that stand for 1: the 99th percentile of train.
  ProblemPart train;
  ProblemPart validation;

  std::size_t columns() const { return metrics.size() * models; }
};

/// Fails where the set has no train or validation rows, or where the metrics are misnamed.
base::Result<Problem> build_problem(const data::TrainingSet& set,
                                    const TrainingOptions& options,
                                    const std::vector<std::size_t>& tasks);

/// Labels with a share of their mass spread over all other tasks, or over the siblings under one
/// parent (over nothing where a task has none).
base::Matrix smoothed_labels(const base::Matrix& labels,
                             const core::Taxonomy& taxonomy,
                             const std::vector<std::size_t>& tasks,
                             double share,
                             Smoothing smoothing);

/// Mean of each column over its present cells; 0.5 where it has none.
std::vector<double> column_means(const base::Matrix& outcomes);

/// Utility sum (validation.h) of the choices that `predicted` (n, metrics x models) leads to.
double predicted_utility(const base::Matrix& predicted,
                         const Problem& problem,
                         const data::Examples& truth);

}  // namespace wend::routers
