// SPDX-License-Identifier: Apache-2.0
// How the two stages become one score (paper section 3.3). Scaled to [0, 1] over the models of one
// query, differences within noise are stretched to the whole range; on the natural scale they stay
// small, and costs can be weighed against them (algorithms.md 6.5).
#pragma once

#include <span>
#include <vector>

#include "wend/routers/finerouter/options.h"

namespace wend::routers {

/// (value - least) / (greatest - least) over what is known; 1 where all are equal; NaN stays.
std::vector<float> min_max(std::span<const float> values);

/// alpha S2 + (1 - alpha) S1 per model, each scaled by min_max first in paper mode. A stage that a
/// router lacks is empty; the other then stands alone.
std::vector<float> mix(std::span<const float> s1,
                       std::span<const float> s2,
                       ScoreMode mode,
                       double alpha);

}  // namespace wend::routers
