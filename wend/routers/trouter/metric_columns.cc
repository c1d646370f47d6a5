// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/metric_columns.h"

#include <algorithm>

namespace wend::routers {

base::Result<MetricColumns> MetricColumns::load(const std::string& metrics,
                                                std::size_t models,
                                                const ml::TensorMap& weights) {
  std::vector<Metric> parsed = TRY(parse_metrics(metrics, {true, true}));
  const std::vector<float> scale = TRY(weights.vector("latency_scale", 1));
  return MetricColumns(std::move(parsed), models, static_cast<double>(scale[0]));
}

std::optional<std::size_t> MetricColumns::row(Metric metric, std::size_t model) const {
  const auto found = std::ranges::find(metrics_, metric);
  return found == metrics_.end()
             ? std::nullopt
             : std::optional(static_cast<std::size_t>(found - metrics_.begin()) * models_ + model);
}

std::vector<core::ModelScore> MetricColumns::scores(std::span<const float> expected,
                                                    const data::Normaliser& normaliser) const {
  std::vector<core::ModelScore> scores(models_);
  for (std::size_t h = 0; h < metrics_.size(); ++h) {
    for (std::size_t m = 0; m < models_; ++m) {
      const float value = expected[h * models_ + m];
      switch (metrics_[h]) {
        case Metric::kQuality:
          scores[m].quality = value;
          break;
        case Metric::kCost:
          scores[m].cost_normalised = value;
          scores[m].cost = normaliser.invert(static_cast<double>(value));
          break;
        case Metric::kLatency:
          scores[m].latency_s = static_cast<float>(static_cast<double>(value) * latency_scale_);
          break;
      }
    }
  }
  return scores;
}

}  // namespace wend::routers
