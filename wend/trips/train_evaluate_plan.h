// SPDX-License-Identifier: Apache-2.0
// What an evaluation is going to do: its folds, its rows, and what must be asked for before it.
#pragma once

#include <vector>

#include "wend/base/result.h"
#include "wend/trips/train_evaluate.h"

namespace wend::trips {

/// Whether a row is replayed with choices that a language model was asked for.
bool is_asked_for(const eval::PlannedRow& row);

/// Folds, rows and notes, nothing trained yet. Fails for a router that was named and whose needs
/// the collection does not meet.
base::Result<Evaluation> plan_evaluation(const EvaluateRequest& request,
                                         const PreparedData& prepared);

}  // namespace wend::trips
