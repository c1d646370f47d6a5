// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/manifest.h"
#include "wend/routers/trouter/metric_columns.h"
#include "wend/routers/trouter/table_overrides.h"

namespace wend::routers {

/// A task type's own variance counts against as many observations of the model's variance over all
/// of them.
inline constexpr double kVariancePrior = 2;

/// TRouter's table as its artifact keeps it, people's corrections applied, with how well its
/// quality cells are known.
struct StoredTable {
  MetricColumns columns;  ///< What the rows of g mean.
  base::Matrix g;         ///< (metrics x models, tasks), in [0, 1].
  TableOverrides overrides;
  base::Matrix variance;  ///< (models, tasks): of one observed quality at the node.
  base::Matrix count;     ///< (models, tasks): soft number of observations, at least 1.

  /// Needs config, models, tasks and overrides of the manifest, and of the weights: table,
  /// quality_variance, quality_count and latency_scale.
  static base::Result<StoredTable> load(const RouterManifest& manifest,
                                        const ml::TensorMap& weights);

  /// Standard error of a predicted mean quality: the posterior-weighted variance of the node over
  /// its count.
  float standard_error(std::size_t model, std::span<const float> posterior) const;
};

}  // namespace wend::routers
