// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/routers/train_factory.h"

namespace wend::routers {

/// Remembers the train rows; k and temperature, where the SPEC does not give them, are those of the
/// highest utility on validation (algorithms.md 7.2). Ties go to the larger k and the more even
/// weights: small k is what goes wrong (algorithms.md 11.3). k above the number of train rows means
/// all of them.
base::Result<TrainedRouter> train_knn(const RouterSpec& spec, const TrainContext& context);

}  // namespace wend::routers
