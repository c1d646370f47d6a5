// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/stored_table.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "wend/routers/trouter/options.h"

namespace wend::routers {
namespace {

base::Status check_evidence(const base::Matrix& variance, const base::Matrix& count) {
  const auto at_least = [](float least) { return [least](float value) { return value >= least; }; };
  if (std::ranges::all_of(variance.values(), at_least(0.0F)) &&
      std::ranges::all_of(count.values(), at_least(1.0F))) {
    return {};
  }
  return base::fail(base::Code::kDataLoss,
                    "expected quality_variance of at least 0 and quality_count of at least 1");
}

}  // namespace

base::Result<StoredTable> StoredTable::load(const RouterManifest& manifest,
                                            const ml::TensorMap& weights) {
  const TRouterOptions options = TRY(TRouterOptions::from_json(manifest.config_json));
  const auto models = static_cast<std::int64_t>(manifest.models.size());
  const auto tasks = static_cast<std::int64_t>(manifest.tasks.size());
  MetricColumns columns =
      TRY(MetricColumns::load(options.training.metrics, manifest.models.size(), weights));
  base::Matrix g = TRY(weights.matrix("table", static_cast<std::int64_t>(columns.count()), tasks));
  TableOverrides overrides = TRY(TableOverrides::apply(manifest, columns, g));
  base::Matrix variance = TRY(weights.matrix("quality_variance", models, tasks));
  base::Matrix count = TRY(weights.matrix("quality_count", models, tasks));
  TRY(check_evidence(variance, count));
  return StoredTable{std::move(columns),
                     std::move(g),
                     std::move(overrides),
                     std::move(variance),
                     std::move(count)};
}

float StoredTable::standard_error(std::size_t model, std::span<const float> posterior) const {
  double sum = 0;
  for (std::size_t t = 0; t < posterior.size(); ++t) {
    sum += static_cast<double>(posterior[t] * variance(model, t) / count(model, t));
  }
  return static_cast<float>(std::sqrt(sum));
}

}  // namespace wend::routers
