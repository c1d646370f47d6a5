// SPDX-License-Identifier: Apache-2.0
// The task recogniser q(t|x) without libtorch (paper section 3.3.2): e_q = MLP_q(x), a score for
// each task type, softmax(s / tau). Whatever does not depend on the query is computed once at load:
// the tasks' vectors, and their half of the scorer's first layer.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/trouter/options.h"
#include "wend/routers/trouter/packed_mlp.h"
#include "wend/routers/trouter/task_fate.h"

namespace wend::routers {

/// s_t = score(e_q, e_t) for every task at once. Immutable.
class TaskScorer {
 public:
  virtual ~TaskScorer() = default;
  /// e_q (width) -> (tasks).
  virtual std::vector<float> scores(std::span<const float> e_q) const = 0;
};

class Recogniser {
 public:
  /// Reads query_mlp.*, task_mlp.*, scorer.* and task_inputs (tasks, inputs), and what upkeep left
  /// of the tasks.
  static base::Result<Recogniser> load(const ml::TensorMap& weights, Scorer scorer, double tau);

  /// input (inputs) -> e_q (width).
  std::vector<float> query_vector(std::span<const float> input) const {
    return query_mlp_.apply(input);
  }

  /// input (inputs) -> weights of the tasks (tasks), which sum to 1.
  std::vector<float> posterior(std::span<const float> input) const;

  std::size_t inputs() const { return query_mlp_.inputs(); }

  const base::Matrix& task_vectors() const { return task_vectors_; }

 private:
  Recogniser(PackedMlp query_mlp,
             base::Matrix task_vectors,
             std::unique_ptr<TaskScorer> scorer,
             TaskFate fate,
             double tau)
      : query_mlp_(std::move(query_mlp)),
        task_vectors_(std::move(task_vectors)),
        scorer_(std::move(scorer)),
        fate_(std::move(fate)),
        tau_(tau) {}

  PackedMlp query_mlp_;
  base::Matrix task_vectors_;  ///< e_t (tasks, width).
  std::unique_ptr<TaskScorer> scorer_;
  TaskFate fate_;
  double tau_;
};

}  // namespace wend::routers
