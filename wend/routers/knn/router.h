// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/manifest.h"
#include "wend/routers/router.h"

namespace wend::routers {

/// The outcomes of the nearest train queries (algorithms.md 7.2). Needs the config's k and
/// temperature and the tensors "train_vectors" (n, dim), "train_quality" and "train_cost" (n,
/// models), optionally "train_latency", NaN in a missing cell, and "model_means". Shares the
/// tensors' memory. A model of which no neighbour has a cell is given its train mean.
base::Result<std::unique_ptr<Router>> load_knn(const RouterManifest& manifest,
                                               const ml::TensorMap& weights);

}  // namespace wend::routers
