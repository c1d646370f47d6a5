// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/train_heads.h"

#include <algorithm>

#include "wend/train/exchange.h"
#include "wend/train/known_error.h"
#include "wend/train/product.h"

namespace wend::routers {
namespace {

base::Result<at::Tensor> tensor_of(const ml::TensorMap& weights,
                                   const std::string& name,
                                   const std::vector<std::int64_t>& shape) {
  const ml::Tensor kept = TRY(weights.get(name, shape));
  at::Tensor tensor = at::empty(kept.shape());
  std::ranges::copy(kept.values(), tensor.data_ptr<float>());
  return tensor;
}

}  // namespace

TorchHeads TorchHeads::copies_of(const std::vector<std::int64_t>& heads) const {
  const at::Tensor index = at::tensor(heads, at::kLong);
  const auto copy = [&](const at::Tensor& tensor) {
    return tensor.detach().index_select(0, index).requires_grad_(true);
  };
  return {copy(first), copy(first_bias), copy(last), copy(last_bias)};
}

at::Tensor TorchHeads::logits(const at::Tensor& x, const at::Tensor& shift, double dropout) const {
  const at::Tensor weight = first.view({-1, first.size(2)});
  const at::Tensor sums =
      train::product_transposed(x, weight).view({x.size(0), first.size(0), first.size(1)}) + shift;
  const at::Tensor hidden = at::dropout(at::relu(sums), dropout, dropout > 0);
  return (hidden * last).sum(-1) + last_bias;
}

void TorchHeads::export_to(const std::string& prefix, ml::TensorMap& weights) const {
  weights.put(prefix + ".0.weight", train::to_artifact(first));
  weights.put(prefix + ".0.bias", train::to_artifact(first_bias));
  weights.put(prefix + ".1.weight", train::to_artifact(last));
  weights.put(prefix + ".1.bias", train::to_artifact(last_bias));
}

base::Result<TorchHeads> general_heads_of(const ml::TensorMap& weights) {
  TorchHeads heads;
  heads.first = TRY(tensor_of(weights, "general.0.weight", {-1, -1, -1}));
  const std::int64_t models = heads.first.size(0);
  const std::int64_t hidden = heads.first.size(1);
  const at::Tensor bias = TRY(tensor_of(weights, "general.0.bias", {models, hidden}));
  const at::Tensor reads =
      TRY(tensor_of(weights, "general.0.embedding_weight", {models, hidden, -1}));
  const at::Tensor embedding = TRY(tensor_of(weights, "model_embedding", {models, reads.size(2)}));
  heads.first_bias = (reads * embedding.unsqueeze(1)).sum(-1) + bias;
  heads.last = TRY(tensor_of(weights, "general.1.weight", {models, hidden}));
  heads.last_bias = TRY(tensor_of(weights, "general.1.bias", {models}));
  return heads;
}

at::Tensor squared_error(const at::Tensor& predicted, const at::Tensor& outcomes) {
  const at::Tensor present = at::isfinite(outcomes).to(at::kFloat);
  const at::Tensor error = train::known_error(predicted, outcomes);
  return (error.square().sum(0) / present.sum(0).clamp_min(1)).sum();
}

}  // namespace wend::routers
