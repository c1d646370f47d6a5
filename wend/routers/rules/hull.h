// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "wend/routers/model_means.h"

namespace wend::routers {

/// The vertices of the upper concave hull of the models' points (mean cost, mean quality), from the
/// cheapest to the best, as model indices: every mixture of models lies on or below it. Points that
/// are not known take no part; of equal points the lower index stands.
std::vector<std::size_t> upper_hull(const ModelMeans& means);

}  // namespace wend::routers
