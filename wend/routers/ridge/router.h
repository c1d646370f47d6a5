// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/manifest.h"
#include "wend/routers/router.h"

namespace wend::routers {

/// One linear map per model for quality and one for cost, clamped to [0, 1]. Needs the tensors
/// "weights" (2 models, dim) and "intercept" (2 models), the qualities first, NaN for a model
/// without a known cell, and "model_means", which gives the latency.
base::Result<std::unique_ptr<Router>> load_ridge(const RouterManifest& manifest,
                                                 const ml::TensorMap& weights);

}  // namespace wend::routers
