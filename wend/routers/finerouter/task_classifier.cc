// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/task_classifier.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "wend/routers/trouter/packed_mlp.h"

namespace wend::routers {
namespace {

constexpr const char* kProjection = "classifier.projection";

/// The encodings as a Linear layer over the embedding: rows s W v_t.
base::Status fold(const ml::TensorMap& weights, StoredLinear& layer) {
  const float scale = TRY(weights.vector("classifier.scale", 1)).front();
  if (weights.has(kProjection)) {
    const auto inputs = static_cast<std::int64_t>(layer.weight.columns());
    StoredLinear projection;
    projection.weight = TRY(weights.matrix(kProjection, inputs, inputs));
    const ml::PackedLinear packed = TRY(projection.without_bias().pack());
    layer.weight = apply_packed(packed, projection.weight.rows(), layer.weight);
  }
  for (float& value : layer.weight.values()) {
    value *= scale;
  }
  return {};
}

}  // namespace

base::Result<TaskClassifier> TaskClassifier::load(const ml::TensorMap& weights, std::size_t tasks) {
  const auto count = static_cast<std::int64_t>(tasks);
  StoredLinear layer;
  layer.weight = TRY(weights.matrix("classifier.encodings", count, -1));
  layer.bias = TRY(weights.vector("classifier.bias", count));
  TRY(fold(weights, layer));
  return TaskClassifier(TRY(layer.pack()), layer.weight.columns(), tasks);
}

std::vector<float> TaskClassifier::logits(std::span<const float> unit) const {
  return apply_packed(layer_, tasks_, unit);
}

base::Matrix TaskClassifier::logits(const base::Matrix& unit) const {
  return apply_packed(layer_, tasks_, unit);
}

float NoneThreshold::logit() const {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (probability <= 0) {
    return -kInfinity;
  }
  return probability >= 1 ? kInfinity
                          : static_cast<float>(std::log(probability / (1 - probability)));
}

std::optional<std::size_t> assigned_task(std::span<const float> logits, NoneThreshold threshold) {
  const auto best = std::max_element(logits.begin(), logits.end());
  if (best == logits.end() || *best < threshold.logit()) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(best - logits.begin());
}

std::vector<float> task_weights(std::span<const float> logits,
                                NoneThreshold threshold,
                                Assign assign) {
  std::vector<float> weights(logits.size() + 1);
  const float none = threshold.logit();
  if (assign == Assign::kHard || none == std::numeric_limits<float>::infinity()) {
    weights[assigned_task(logits, threshold).value_or(logits.size())] = 1;
    return weights;
  }
  const float highest = std::max(*std::max_element(logits.begin(), logits.end()), none);
  float sum = 0;
  for (std::size_t t = 0; t < weights.size(); ++t) {
    weights[t] = std::exp((t < logits.size() ? logits[t] : none) - highest);
    sum += weights[t];
  }
  for (float& weight : weights) {
    weight /= sum;
  }
  return weights;
}

base::Matrix task_weights(const base::Matrix& logits, NoneThreshold threshold, Assign assign) {
  base::Matrix weights(logits.rows(), logits.columns() + 1);
  for (std::size_t i = 0; i < logits.rows(); ++i) {
    const std::vector<float> row = task_weights(logits.row(i), threshold, assign);
    std::copy(row.begin(), row.end(), weights.row(i).begin());
  }
  return weights;
}

}  // namespace wend::routers
