// SPDX-License-Identifier: Apache-2.0
// The first stage's scores S1 (paper section 3.3): what each model's outcomes were on the train
// prompts of each task, and of "Others", the prompts without one. A median of zeros and ones is
// zero or one and ties most models, so the mean is the other choice; and a task of few prompts is
// drawn towards the models' own means by a pseudo-count (algorithms.md 6.5).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/data/training_set.h"
#include "wend/ml/tensor.h"
#include "wend/routers/finerouter/options.h"

namespace wend::routers {

/// Each (models, tasks + 1), the last column "Others". A model without any cell is NaN throughout
/// in what it has no cell of; no other entry of `quality` or `cost` is.
struct TaskTables {
  base::Matrix quality;
  base::Matrix cost;      ///< Normalised, always of the means.
  base::Matrix variance;  ///< Of one observed quality.
  base::Matrix count;     ///< Observations, soft ones too; at least 1.

  /// weights (n, tasks + 1): how far each row belongs to each task.
  static TaskTables build(const data::Examples& rows,
                          const base::Matrix& weights,
                          const InferenceOptions& options);

  /// As the tensors task_quality, task_cost, task_variance and task_count, and back.
  void store(ml::TensorMap& weights) const;
  static base::Result<TaskTables> load(const ml::TensorMap& weights,
                                       std::size_t models,
                                       std::size_t tasks);

  /// Standard error of the predicted mean quality: the weighted variance over the count.
  float standard_error(std::size_t model, std::span<const float> task_weights) const;
};

}  // namespace wend::routers
