// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"

namespace wend::routers {

/// What upkeep did to the task types after training (algorithms.md 2.9).
struct TaskFate {
  std::vector<float> mask;  ///< (tasks): 0 takes a task out, as if its score were -inf; else 1.
  std::vector<std::pair<std::size_t, std::size_t>> merges;  ///< Whose weight goes to whom.

  /// Reads, where there are such, task_mask (tasks) and task_merge (tasks), the index of the task
  /// that a task's weight goes to, mostly its own. The error names the tensor and what was expected
  /// of it.
  static base::Result<TaskFate> load(const ml::TensorMap& weights, std::size_t tasks);

  /// scores (tasks) -> their softmax at temperature tau over what is left, merges done; in place.
  void weigh(std::span<float> scores, double tau) const;
};

}  // namespace wend::routers
