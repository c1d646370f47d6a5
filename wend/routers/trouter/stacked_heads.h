// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "wend/base/result.h"
#include "wend/ml/matmul.h"
#include "wend/ml/tensor.h"
#include "wend/routers/trouter/packed_mlp.h"

namespace wend::routers {

/// The (metric, model) heads without libtorch: heads.0.weight (columns, hidden, inputs) and so on,
/// two or three layers, a sigmoid at the end. Immutable.
class StackedHeads {
 public:
  static base::Result<StackedHeads> load(const ml::TensorMap& weights, std::size_t columns);

  /// x (inputs) -> one value in [0, 1] per column.
  std::vector<float> apply(std::span<const float> x) const;

  std::size_t inputs() const { return inputs_; }

 private:
  StackedHeads(ml::PackedLinear first, std::size_t inputs, std::size_t hidden)
      : first_(std::move(first)), inputs_(inputs), hidden_(hidden) {}

  ml::PackedLinear first_;  ///< All columns' first layers as one.
  std::size_t inputs_;
  std::size_t hidden_;
  std::vector<ml::PackedLinear> middle_;  ///< One per column; empty for heads of two layers.
  base::Matrix last_;                     ///< (columns, hidden)
  std::vector<float> last_bias_;
};

}  // namespace wend::routers
