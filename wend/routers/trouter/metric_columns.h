// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/scores.h"
#include "wend/data/normaliser.h"
#include "wend/ml/tensor.h"
#include "wend/routers/trouter/options.h"

namespace wend::routers {

/// How a vector of (metric, model) predictions reads as scores: metric by metric, quality first.
class MetricColumns {
 public:
  /// `latency_scale` of the weights (1) is the seconds that stand for 1.
  static base::Result<MetricColumns> load(const std::string& metrics,
                                          std::size_t models,
                                          const ml::TensorMap& weights);

  MetricColumns(std::vector<Metric> metrics, std::size_t models, double latency_scale)
      : metrics_(std::move(metrics)), models_(models), latency_scale_(latency_scale) {}

  std::size_t count() const { return metrics_.size() * models_; }

  /// Where a model's metric stands; nothing for a metric that was not trained.
  std::optional<std::size_t> row(Metric metric, std::size_t model) const;

  /// expected (count()) -> one entry per model; a metric that was not trained is 0 (cost) or
  /// absent.
  std::vector<core::ModelScore> scores(std::span<const float> expected,
                                       const data::Normaliser& normaliser) const;

 private:
  std::vector<Metric> metrics_;
  std::size_t models_;
  double latency_scale_;
};

}  // namespace wend::routers
