// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/routers/train_factory.h"

namespace wend::routers {

// What the rules fix on train (algorithms.md 7.1). None but model{id=...} takes options.

base::Result<TrainedRouter> train_random(const RouterSpec& spec, const TrainContext& context);
base::Result<TrainedRouter> train_smallest(const RouterSpec& spec, const TrainContext& context);
base::Result<TrainedRouter> train_largest(const RouterSpec& spec, const TrainContext& context);
base::Result<TrainedRouter> train_adaptive(const RouterSpec& spec, const TrainContext& context);
/// best_static and zero: the means are all there is to fix.
base::Result<TrainedRouter> train_means(const RouterSpec& spec, const TrainContext& context);
/// Unservable.
base::Result<TrainedRouter> train_task_oracle(const RouterSpec& spec, const TrainContext& context);
/// Unservable; needs the context's truth, which it borrows.
base::Result<TrainedRouter> train_oracle(const RouterSpec& spec, const TrainContext& context);
/// Needs the option id, a model of the pool.
base::Result<TrainedRouter> train_model(const RouterSpec& spec, const TrainContext& context);

// What they need of a collection, asked before any training.

base::Status check_known_sizes(const RouterSpec& spec, const data::OutcomeTable& table);
base::Status check_model(const RouterSpec& spec, const data::OutcomeTable& table);

}  // namespace wend::routers
