// SPDX-License-Identifier: Apache-2.0
// FineRouter at work (paper section 3.3): the classifier tells the task, the task's table says how
// models did on its prompts (S1), the quality estimator how they will do on this one (S2), and the
// score is a mix. Each stage alone is a router too. README.md tells the rest.
#pragma once

#include <memory>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/manifest.h"
#include "wend/routers/router.h"

namespace wend::routers {

/// finerouter, finerouter_tasks or finerouter_general by the manifest's name. Needs model_means,
/// classifier.* and task_* of the first stage, general.*, model_embedding and task_heads.* of the
/// second.
base::Result<std::unique_ptr<Router>> load_finerouter(const RouterManifest& manifest,
                                                      const ml::TensorMap& weights);

}  // namespace wend::routers
