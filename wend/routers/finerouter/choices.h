// SPDX-License-Identifier: Apache-2.0
// What is chosen on the validation rows once the networks are trained: the threshold of "no task"
// and the weight of the second stage, each by what the routing would have been worth.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/data/training_set.h"
#include "wend/routers/finerouter/options.h"
#include "wend/routers/finerouter/task_tables.h"

namespace wend::routers {

/// Predicted quality and normalised cost, each (rows, models), NaN where unknown.
struct Predictions {
  base::Matrix quality;
  base::Matrix cost;
};

/// Of the choices that predictions lead to on rows whose outcomes are known: the utility sum
/// (validation.h), or in paper mode, which knows no costs, the mean quality of the highest score.
double routing_worth(const Predictions& predictions, const data::Examples& truth, ScoreMode mode);

/// The first stage, settled on one threshold.
struct TaskStageFit {
  double none_threshold = 0;
  TaskTables tables;
  Predictions validation;  ///< S1 and the tasks' costs.
};

/// logits (n, tasks) of the classifier on the set's rows. Where the options leave the threshold
/// open, the best of a grid, the lower one where they tie; the tables are each threshold's own.
TaskStageFit fit_task_stage(const FineRouterOptions& options,
                            const base::Matrix& train_logits,
                            const base::Matrix& validation_logits,
                            const data::TrainingSet& set);

/// alpha S2 + (1 - alpha) S1 of every row.
base::Matrix mixed(const base::Matrix& s1, const base::Matrix& s2, ScoreMode mode, double alpha);

/// The alpha of the options, or the best of 0, .1, ... 1, the lower one where they tie.
double choose_alpha(const InferenceOptions& options,
                    const Predictions& first,
                    const base::Matrix& s2,
                    const data::Examples& truth);

}  // namespace wend::routers
