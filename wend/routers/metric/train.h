// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/routers/spec.h"
#include "wend/routers/train_factory.h"

namespace wend::routers {

/// Trains the metric router: the mean squared error of every (metric, model), missing cells left
/// out.
base::Result<TrainedRouter> train_metric(const RouterSpec& spec, const TrainContext& context);

}  // namespace wend::routers
