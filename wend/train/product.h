// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/train/torch.h"

namespace wend::train {

/// x (n, k) and w (m, k) -> x w^T (n, m), differentiable in both. BLAS runs on one thread here
/// (runtime.h), so the three products, forward and backward, are cut into a fixed number of blocks
/// of rows that libtorch's threads share: the result does not depend on how many they are.
at::Tensor product_transposed(const at::Tensor& x, const at::Tensor& w);

}  // namespace wend::train
