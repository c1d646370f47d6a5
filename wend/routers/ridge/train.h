// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/routers/train_factory.h"

namespace wend::routers {

/// ridge{lambda=...}: regresses every model's quality and cost on the unit embedding. The penalty,
/// where it is not given, is that of the highest utility on validation; ties go to the larger.
base::Result<TrainedRouter> train_ridge(const RouterSpec& spec, const TrainContext& context);

}  // namespace wend::routers
