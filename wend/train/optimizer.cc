// SPDX-License-Identifier: Apache-2.0
#include "wend/train/optimizer.h"

namespace wend::train {

std::unique_ptr<torch::optim::Optimizer> make_optimizer(const std::vector<at::Tensor>& parameters,
                                                        const OptimizerOptions& options) {
  if (options.kind == OptimizerKind::kAdam) {
    return std::make_unique<torch::optim::Adam>(parameters,
                                                torch::optim::AdamOptions(options.learning_rate));
  }
  return std::make_unique<torch::optim::AdamW>(
      parameters,
      torch::optim::AdamWOptions(options.learning_rate).weight_decay(options.weight_decay));
}

}  // namespace wend::train
