// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "wend/data/training_set.h"
#include "wend/routers/router.h"

namespace wend::routers {

/// The best model of the query's true task by its train means, shrunk towards the parent's
/// (algorithms.md 7.1); by the means over all rows where a query has no label. No prompt that is
/// routed has a label, so it is evaluated and never served.
std::unique_ptr<Router> make_task_oracle(const data::TrainingSet& set, double pseudo_count);

}  // namespace wend::routers
