// SPDX-License-Identifier: Apache-2.0
// What people corrected of the table g, applied after the heads' sigmoid and clamped to [0, 1]
// (paper C.4 "bias correction", algorithms.md 2.9). A score is linear in g, so how far one override
// moved it is known exactly.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/core/override.h"
#include "wend/routers/manifest.h"
#include "wend/routers/trouter/metric_columns.h"

namespace wend::routers {

class TableOverrides {
 public:
  /// Changes g (metrics x models, tasks) by the manifest's overrides, one after another; each means
  /// its node and all task types below it. Fails where one names what the artifact lacks.
  static base::Result<TableOverrides> apply(const RouterManifest& manifest,
                                            const MetricColumns& columns,
                                            base::Matrix& g);

  /// Which of them moved a score under this posterior (tasks) by at least half of the fourth
  /// decimal, the last that is shown.
  std::vector<core::OverrideEffect> effects(std::span<const float> posterior) const;

 private:
  struct Step {
    std::size_t task;
    float moved;  ///< What was added to g.
  };

  std::vector<std::vector<Step>> steps_;  ///< One list an override.
};

}  // namespace wend::routers
