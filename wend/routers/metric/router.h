// SPDX-License-Identifier: Apache-2.0
// MetricRouter (algorithms.md 7.4): TRouter without the latent task. One MLP embeds the query, one
// small head per (metric, model) reads e_q alone. What it lacks against trouter is what the task
// types are worth.
#pragma once

#include <memory>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/manifest.h"
#include "wend/routers/router.h"

namespace wend::routers {

/// Needs query_mlp.* and heads.* of the weights.
base::Result<std::unique_ptr<Router>> load_metric(const RouterManifest& manifest,
                                                  const ml::TensorMap& weights);

}  // namespace wend::routers
