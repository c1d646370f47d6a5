// SPDX-License-Identifier: Apache-2.0
// The second phase of the quality estimator (paper section 3.2.2): with all else frozen, the tasks'
// own heads for their candidate models, each on the rows that the classifier assigns to its task.
// They begin as copies of the general heads and are drawn back to them (L2-SP, algorithms.md 6.4),
// for a task may have few rows. Task by task, each with an optimiser of its own, so that a step
// costs what its task's heads cost and not what all of them do; the epochs and their judgement are
// common.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/finerouter/options.h"
#include "wend/routers/train_factory.h"

namespace wend::routers {

/// The task of every row; nothing where the classifier assigns none.
using RowTasks = std::vector<std::optional<std::size_t>>;

struct Assignment {
  const RowTasks& train;
  const RowTasks& validation;
};

/// Epoch 0 is the general heads, which stay where no epoch was better.
struct TaskHeadReport {
  std::size_t epochs = 0;
  std::size_t best_epoch = 0;
  double first_loss = 0;  ///< Mean squared error on the tasks' validation cells, before and after.
  double best_loss = 0;
  std::size_t heads = 0;
};

/// Needs what the first phase left in `weights` and context.task_candidates, and adds task_heads.*:
/// of each task for those of its candidates that have enough cells among its train rows.
base::Result<TaskHeadReport> train_task_heads(const QualityOptions& options,
                                              const Assignment& assignment,
                                              const TrainContext& context,
                                              ml::TensorMap& weights);

}  // namespace wend::routers
