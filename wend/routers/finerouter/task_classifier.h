// SPDX-License-Identifier: Apache-2.0
// Which task a query belongs to (paper section 3.1.2), without libtorch: the bilinear score
// s x^T W v_t + b_t of the frozen embedding x, and what is made of the scores. They are logits, so
// a probability below the threshold is a score below the threshold's own logit.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/ml/matmul.h"
#include "wend/ml/tensor.h"
#include "wend/routers/finerouter/options.h"

namespace wend::routers {

/// Immutable and safe from any thread.
class TaskClassifier {
 public:
  /// Reads classifier.encodings (tasks, inputs), .scale (1), .bias (tasks) and, where it was
  /// trained, .projection (inputs, inputs); W and s go into the encodings.
  static base::Result<TaskClassifier> load(const ml::TensorMap& weights, std::size_t tasks);

  /// A unit vector (inputs) -> (tasks).
  std::vector<float> logits(std::span<const float> unit) const;
  /// (n, inputs) -> (n, tasks).
  base::Matrix logits(const base::Matrix& unit) const;

  std::size_t inputs() const { return inputs_; }

 private:
  TaskClassifier(ml::PackedLinear layer, std::size_t inputs, std::size_t tasks)
      : layer_(std::move(layer)), inputs_(inputs), tasks_(tasks) {}

  ml::PackedLinear layer_;
  std::size_t inputs_;
  std::size_t tasks_;
};

/// When a query has no task: every probability below it. 0: never, 1: always.
struct NoneThreshold {
  double probability = 0;

  float logit() const;
};

/// The task of the highest logit, the lower index where they tie; none where it lies below the
/// threshold.
std::optional<std::size_t> assigned_task(std::span<const float> logits, NoneThreshold threshold);

/// (tasks + 1) weights that sum to 1, the last that of no task. hard: all on the assigned task.
/// soft: by the odds of each task, and for none the odds of the threshold, so that the heaviest is
/// the one that `hard` takes.
std::vector<float> task_weights(std::span<const float> logits,
                                NoneThreshold threshold,
                                Assign assign);

/// The same of many rows: (n, tasks) -> (n, tasks + 1).
base::Matrix task_weights(const base::Matrix& logits, NoneThreshold threshold, Assign assign);

}  // namespace wend::routers
