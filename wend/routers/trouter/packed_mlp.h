// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/ml/matmul.h"
#include "wend/ml/tensor.h"

namespace wend::routers {

/// A Linear layer as an artifact keeps it.
struct StoredLinear {
  base::Matrix weight;      ///< (outputs, inputs)
  std::vector<float> bias;  ///< (outputs); zeros where the artifact has none.

  /// Reads NAME.weight and NAME.bias; -1 stands for any size.
  static base::Result<StoredLinear> load(const ml::TensorMap& weights,
                                         const std::string& name,
                                         std::int64_t outputs,
                                         std::int64_t inputs);

  /// The layer that reads only the inputs [begin, begin + count).
  StoredLinear columns(std::size_t begin, std::size_t count) const;
  StoredLinear without_bias() const;
  base::Result<ml::PackedLinear> pack() const;
};

/// Layers with ReLU between them, packed for this processor. Immutable and safe from any thread.
class PackedMlp {
 public:
  /// Layers PREFIX.0, PREFIX.1, ... of the artifact, as many as `layers`.
  static base::Result<PackedMlp> load(const ml::TensorMap& weights,
                                      const std::string& prefix,
                                      std::size_t layers);

  /// x (n, inputs) -> (n, outputs).
  base::Matrix apply(const base::Matrix& x) const;
  std::vector<float> apply(std::span<const float> x) const;

  std::size_t inputs() const { return widths_.front(); }

  std::size_t outputs() const { return widths_.back(); }

 private:
  std::vector<ml::PackedLinear> layers_;
  std::vector<std::size_t> widths_;
};

/// x (n, inputs) -> (n, outputs) of one packed layer.
base::Matrix apply_packed(const ml::PackedLinear& layer,
                          std::size_t outputs,
                          const base::Matrix& x);
std::vector<float> apply_packed(const ml::PackedLinear& layer,
                                std::size_t outputs,
                                std::span<const float> x);

/// In place.
void relu(std::span<float> values);

float dot(std::span<const float> a, std::span<const float> b);

}  // namespace wend::routers
