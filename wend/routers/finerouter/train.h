// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/routers/spec.h"
#include "wend/routers/train_factory.h"

namespace wend::routers {

/// Trains finerouter, finerouter_tasks or finerouter_general, as the SPEC's name says, on a set
/// whose taxonomy holds the tasks that were found and whose labels say whose rows are whose.
/// finerouter needs context.task_candidates; finerouter_general needs no tasks at all.
base::Result<TrainedRouter> train_finerouter(const RouterSpec& spec, const TrainContext& context);

}  // namespace wend::routers
