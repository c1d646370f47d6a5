// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "wend/train/torch.h"

namespace wend::train {

enum class OptimizerKind { kAdam, kAdamW };

struct OptimizerOptions {
  OptimizerKind kind = OptimizerKind::kAdam;
  double learning_rate = 1e-4;
  double weight_decay = 0.0;  ///< Decoupled; AdamW alone uses it.
};

/// betas .9 and .999, eps 1e-8. Updates the parameters in place.
std::unique_ptr<torch::optim::Optimizer> make_optimizer(const std::vector<at::Tensor>& parameters,
                                                        const OptimizerOptions& options);

}  // namespace wend::train
