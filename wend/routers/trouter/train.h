// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/manifest.h"
#include "wend/routers/spec.h"
#include "wend/routers/train_factory.h"

namespace wend::routers {

/// Trains TRouter as its SPEC says (options.h). With level=auto each level of the taxonomy is
/// trained and the one of the highest validation utility sum kept, the coarser where they tie.
base::Result<TrainedRouter> train_trouter(const RouterSpec& spec, const TrainContext& context);

/// Trains an artifact's network on, from its weights, over its task types in their order, which are
/// nodes of the set's taxonomy, and for its models, which are the set's in their order. The options
/// are those of its training.
base::Result<TrainedRouter> train_trouter_on(const RouterManifest& manifest,
                                             const ml::TensorMap& weights,
                                             const TrainContext& context);

}  // namespace wend::routers
