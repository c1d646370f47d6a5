// SPDX-License-Identifier: Apache-2.0
// For tests: the libtorch network of trained weights, so that its forward pass can stand beside
// ours.
#pragma once

#include <algorithm>
#include <string>

#include "wend/ml/tensor.h"
#include "wend/routers/trouter/train_network.h"
#include "wend/train/exchange.h"

namespace wend::routers::sample {

inline at::Tensor tensor_of(const ml::TensorMap& weights, const std::string& name) {
  const ml::Tensor& kept = weights.all().find(name)->second;
  at::Tensor tensor = at::empty(kept.shape());
  std::ranges::copy(kept.values(), tensor.data_ptr<float>());
  return tensor;
}

inline Mlp mlp_of(const ml::TensorMap& weights, const std::string& prefix) {
  Mlp mlp;
  for (std::size_t i = 0;; ++i) {
    const std::string layer = prefix + "." + std::to_string(i);
    if (!weights.has(layer + ".weight")) {
      return mlp;
    }
    const bool biased = weights.has(layer + ".bias");
    mlp.push_back({tensor_of(weights, layer + ".weight"),
                   biased ? tensor_of(weights, layer + ".bias") : at::Tensor()});
  }
}

inline TaskNetwork network_of(const ml::TensorMap& weights) {
  return {mlp_of(weights, "query_mlp"),
          mlp_of(weights, "task_mlp"),
          mlp_of(weights, "scorer"),
          mlp_of(weights, "heads")};
}

}  // namespace wend::routers::sample
