// SPDX-License-Identifier: Apache-2.0
// A model that joins a trained TRouter (algorithms.md 2.9): everything that knows of task types is
// frozen, so that only its own heads and its rows of the table are learnt, from a few outcomes.
// With so few, a head starts as that of the old model which behaves most alike on them, shifted to
// their mean, and is held near it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/manifest.h"

namespace wend::routers {

/// What the new model did on queries; NaN where not known.
struct NewModelOutcomes {
  const base::Matrix& inputs;   ///< (n, dim): what the networks read of each query (input.h).
  const base::Matrix& metrics;  ///< (n, metrics of the artifact), in [0, 1].
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

/// The artifact's weights with one more model, the last of each metric: of heads, table,
/// quality_variance and quality_count. The old models' parts, and every other tensor, keep their
/// bytes. Needs an outcome of each metric but latency, of which the likest model's head is kept.
base::Result<ml::TensorMap> add_model(const RouterManifest& manifest,
                                      const ml::TensorMap& weights,
                                      const NewModelOutcomes& outcomes);

}  // namespace wend::routers
