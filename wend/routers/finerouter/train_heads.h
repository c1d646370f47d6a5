// SPDX-License-Identifier: Apache-2.0
// Two-layer heads in training, stacked, so that one product serves all of them. Outside training
// they are quality_moe.h's HeadStack.
#pragma once

#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/train/torch.h"

namespace wend::routers {

struct TorchHeads {
  at::Tensor first;       ///< (heads, hidden, inputs)
  at::Tensor first_bias;  ///< (heads, hidden)
  at::Tensor last;        ///< (heads, hidden)
  at::Tensor last_bias;   ///< (heads)

  std::vector<at::Tensor> parameters() const { return {first, first_bias, last, last_bias}; }

  /// Copies that learn, of the heads named, in that order.
  TorchHeads copies_of(const std::vector<std::int64_t>& heads) const;

  /// x (n, inputs) -> (n, heads), before any sigmoid. `shift` (heads, hidden) stands for
  /// first_bias. dropout is the rate, 0 outside training.
  at::Tensor logits(const at::Tensor& x, const at::Tensor& shift, double dropout) const;

  /// As PREFIX.0 and PREFIX.1.
  void export_to(const std::string& prefix, ml::TensorMap& weights) const;
};

/// general.* of an artifact with the models' embeddings folded into the first biases, as a task's
/// heads begin.
base::Result<TorchHeads> general_heads_of(const ml::TensorMap& weights);

/// Mean of the squared errors of the cells that are there, per column, summed over the columns;
/// predicted and outcomes (n, columns). A column without cells adds nothing.
at::Tensor squared_error(const at::Tensor& predicted, const at::Tensor& outcomes);

}  // namespace wend::routers
