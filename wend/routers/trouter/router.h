// SPDX-License-Identifier: Apache-2.0
// TRouter at work (paper eq. 8): hhat(q, m) = sum_t l_t g[h, m, t]. Because the heads see the task
// alone, all of them have shrunk to the table g after training; a decision is one recogniser pass
// and one small vector-matrix product. README.md tells the rest.
#pragma once

#include <memory>
#include <span>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/manifest.h"
#include "wend/routers/router.h"

namespace wend::routers {

/// Needs config, models, normaliser, tasks and overrides of the manifest, and of the weights:
/// query_mlp, task_mlp, scorer, task_inputs, table (metrics x models, tasks), quality_variance and
/// quality_count (models, tasks). The error names the tensor that does not fit.
base::Result<std::unique_ptr<Router>> load_trouter(const RouterManifest& manifest,
                                                   const ml::TensorMap& weights);

/// The five heaviest task types with any weight, heaviest first; ties go to the lower index.
std::vector<core::TaskWeight> heaviest_tasks(std::span<const float> posterior);

}  // namespace wend::routers
