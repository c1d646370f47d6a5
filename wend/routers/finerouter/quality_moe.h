// SPDX-License-Identifier: Apache-2.0
// The second stage's scores S2 (paper section 3.2) without libtorch: a mixture of experts in which
// a query of a task is judged by that task's own heads for the models that are candidates there,
// and by the general heads for all others. So as many heads run as there are models, however many
// tasks there are.
//
// The model's embedding, which the paper puts beside the query's, is the same for every query of a
// head: it moves the first bias, and is folded into it here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/model_means.h"

namespace wend::routers {

/// Two-layer heads, one above the other: sigmoid(w2 . relu(W1 x + b1) + b2).
struct HeadStack {
  base::Matrix first;             ///< (heads x hidden, inputs)
  std::vector<float> first_bias;  ///< (heads x hidden)
  base::Matrix last;              ///< (heads, hidden)
  std::vector<float> last_bias;   ///< (heads)

  float run(std::size_t head, std::span<const float> input) const;
};

struct QualityEstimate {
  std::vector<float> quality;  ///< Per model, in [0, 1]; NaN for those never seen in training.
  std::size_t heads_run = 0;
  std::size_t task_heads_run = 0;  ///< Of them, those of the task.
};

/// Immutable and safe from any thread.
class QualityMoe {
 public:
  /// Reads general.*, model_embedding and, where there are such, task_heads.* (README.md). `means`
  /// tell of the models and whose quality was seen, `tasks` bounds what task_heads.of may name.
  static base::Result<QualityMoe> load(const ml::TensorMap& weights,
                                       const ModelMeans& means,
                                       std::size_t tasks);

  /// input (inputs), scaled as in training.
  QualityEstimate estimate(std::span<const float> input, std::optional<std::size_t> task) const;

  std::size_t inputs() const { return general_.first.columns(); }

 private:
  QualityMoe() = default;
  base::Status load_general(const ml::TensorMap& weights, std::size_t models);
  base::Status load_task_heads(const ml::TensorMap& weights, std::size_t models, std::size_t tasks);

  std::vector<bool> seen_;  ///< Per model.
  HeadStack general_;
  HeadStack of_tasks_;
  base::BasicMatrix<std::int32_t> head_;  ///< (tasks, models): of of_tasks_, or kGeneral.
};

}  // namespace wend::routers
