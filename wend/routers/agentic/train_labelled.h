// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/routers/train_factory.h"

namespace wend::routers {

/// agentic{OPTIONS OF TROUTER}: TRouter's table read at the task type that each query is labelled
/// with, in place of the posterior (TRouter's Table 7). A query without a label is scored as
/// best_static scores it. Can be evaluated, not served.
base::Result<TrainedRouter> train_agentic(const RouterSpec& spec, const TrainContext& context);

}  // namespace wend::routers
