// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/manifest.h"
#include "wend/routers/router.h"

namespace wend::routers {

// Each takes the tensor "model_means"; what a rule has fixed on train stands in the config.

/// smallest, largest, model{id=...}: the config's "model", always.
base::Result<std::unique_ptr<Router>> load_fixed_choice(const RouterManifest& manifest,
                                                        const ml::TensorMap& weights);

/// The config's "smallest", "medium" and "largest" by preference.
base::Result<std::unique_ptr<Router>> load_adaptive(const RouterManifest& manifest,
                                                    const ml::TensorMap& weights);

/// Any model, drawn from the config's "seed" and the query's text.
base::Result<std::unique_ptr<Router>> load_random(const RouterManifest& manifest,
                                                  const ml::TensorMap& weights);

/// The train means for every query: the policy's argmax is the best static model
/// (algorithms.md 7.1).
base::Result<std::unique_ptr<Router>> load_best_static(const RouterManifest& manifest,
                                                       const ml::TensorMap& weights);

/// The vertices of the upper concave hull of (mean cost, mean quality): RouterBench's Zero router.
base::Result<std::unique_ptr<Router>> load_zero(const RouterManifest& manifest,
                                                const ml::TensorMap& weights);

}  // namespace wend::routers
