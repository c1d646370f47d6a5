// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/random.h"
#include "wend/ml/tensor.h"
#include "wend/train/torch.h"

namespace wend::train {

/// (rows, columns) float tensor, a copy.
at::Tensor to_torch(const base::Matrix& matrix);

/// The rows of `matrix` named, in that order: one minibatch.
at::Tensor to_torch(const base::Matrix& matrix, std::span<const std::uint32_t> rows);

/// A 2-d float tensor as a matrix, a copy.
base::Matrix to_matrix(const at::Tensor& tensor);

/// Any float tensor with its shape and its own memory, as the artifact keeps it.
ml::Tensor to_artifact(const at::Tensor& tensor);

/// A leaf of the given shape that asks for gradients, filled from U(-bound, bound): PyTorch's
/// Linear starts with bound 1 / sqrt(fan_in), weights and bias alike. The draws are our own, so
/// they do not change with libtorch.
at::Tensor uniform_parameter(std::vector<std::int64_t> shape, double bound, base::Random& random);

/// Values with memory of their own, that later steps do not move: what an early stop gives back.
std::vector<at::Tensor> copies(const std::vector<at::Tensor>& parameters);

/// The values of copies() back into the parameters, in place.
void restore(const std::vector<at::Tensor>& parameters, const std::vector<at::Tensor>& values);

}  // namespace wend::train
