// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/manifest.h"
#include "wend/routers/router.h"

namespace wend::routers {

/// agentic_free. Needs the tensors "task_vectors" (tasks, dim), "task_quality" and "task_cost"
/// (tasks, models), "model_means", and for mode=weighted "train_vectors" (n, dim), "train_quality"
/// and "train_cost" (n, models) in the order of their tasks, of which task t has the rows from
/// "task_begin"[t] to "task_begin"[t + 1].
base::Result<std::unique_ptr<Router>> load_agentic_free(const RouterManifest& manifest,
                                                        const ml::TensorMap& weights);

}  // namespace wend::routers
