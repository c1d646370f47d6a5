// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/core/outcome.h"
#include "wend/data/normaliser.h"
#include "wend/routers/trouter/options.h"

namespace wend::trips {

/// What a model did on a query, summed over its draws.
struct Answer {
  double quality = 0;
  double cost = 0;
  double latency = 0;
  double draws = 0;
  double priced = 0;
  double timed = 0;

  /// Needs an outcome with a quality.
  void add(const core::Outcome& outcome);

  /// The mean as a table's cell has it, in [0, 1]; NaN where no draw tells. `latency_scale` is the
  /// seconds that stand for 1. Needs a draw.
  float value(routers::Metric metric,
              const data::Normaliser& normaliser,
              float latency_scale) const;
};

}  // namespace wend::trips
