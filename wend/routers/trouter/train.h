// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/routers/spec.h"
#include "wend/routers/train_factory.h"

namespace wend::routers {

/// Trains TRouter as its SPEC says (options.h). With level=auto each level of the taxonomy is
/// trained and the one of the highest validation utility sum kept, the coarser where they tie.
base::Result<TrainedRouter> train_trouter(const RouterSpec& spec, const TrainContext& context);

}  // namespace wend::routers
