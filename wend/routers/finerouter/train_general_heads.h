// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/finerouter/options.h"
#include "wend/routers/train_factory.h"
#include "wend/train/loop.h"

namespace wend::routers {

/// The first phase of the quality estimator (paper section 3.2.2): the model embeddings and the
/// general heads, on every present cell. Adds general.* and model_embedding to `weights`.
base::Result<train::LoopReport> train_general_heads(const QualityOptions& options,
                                                    const TrainContext& context,
                                                    ml::TensorMap& weights);

}  // namespace wend::routers
