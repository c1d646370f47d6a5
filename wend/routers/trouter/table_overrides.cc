// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/table_overrides.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace wend::routers {
namespace {

using base::Code;

constexpr float kLeastShown = 0.00005F;

base::Result<std::size_t> row_of(const core::Override& override,
                                 const RouterManifest& manifest,
                                 const MetricColumns& columns) {
  const auto model = std::ranges::find(manifest.models, override.model, &core::ModelCard::id);
  if (model == manifest.models.end()) {
    return base::fail(
        Code::kDataLoss, "an override names the model '{}', which is not listed", override.model);
  }
  const Metric metric =
      override.metric == core::OverrideMetric::kQuality ? Metric::kQuality : Metric::kCost;
  const auto row = columns.row(metric, static_cast<std::size_t>(model - manifest.models.begin()));
  if (!row) {
    return base::fail(Code::kDataLoss,
                      "an override is of {}, which this router does not predict",
                      core::override_metric_name(override.metric));
  }
  return *row;
}

}  // namespace

base::Result<TableOverrides> TableOverrides::apply(const RouterManifest& manifest,
                                                   const MetricColumns& columns,
                                                   base::Matrix& g) {
  TableOverrides applied;
  for (const core::Override& override : manifest.overrides) {
    const auto cells = g.row(TRY(row_of(override, manifest, columns)));
    const std::vector<std::size_t> tasks = manifest.tasks_below(override.node);
    if (tasks.empty()) {
      return base::fail(Code::kDataLoss,
                        "an override names the task type '{}', which is not listed",
                        override.node);
    }
    std::vector<Step>& steps = applied.steps_.emplace_back();
    for (const std::size_t task : tasks) {
      const float before = cells[task];
      cells[task] = override.change.apply(before);
      steps.push_back({task, cells[task] - before});
    }
  }
  return applied;
}

std::vector<core::OverrideEffect> TableOverrides::effects(std::span<const float> posterior) const {
  std::vector<core::OverrideEffect> effects;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    float moved = 0;
    for (const Step& step : steps_[i]) {
      moved += posterior[step.task] * step.moved;
    }
    if (std::fabs(moved) >= kLeastShown) {
      effects.push_back({i, moved});
    }
  }
  return effects;
}

}  // namespace wend::routers
