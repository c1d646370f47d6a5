// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "wend/base/result.h"
#include "wend/ml/tensor.h"
#include "wend/routers/finerouter/options.h"
#include "wend/routers/train_factory.h"
#include "wend/train/loop.h"

namespace wend::routers {

/// Trains the task classifier on the rows' labels over the leaves of the set's taxonomy, a row
/// without one being an example against all of them, and adds classifier.* to `weights`. It stops
/// by the loss on the validation rows, whose labels are the trip's too.
base::Result<train::LoopReport> train_classifier(const ClassifierOptions& options,
                                                 std::size_t batch,
                                                 const TrainContext& context,
                                                 ml::TensorMap& weights);

}  // namespace wend::routers
