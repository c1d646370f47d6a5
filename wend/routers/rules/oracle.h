// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "wend/data/normaliser.h"
#include "wend/data/outcome_table.h"
#include "wend/routers/router.h"

namespace wend::routers {

/// Scores the row that a query stands for by what really came of it: the ceiling of every table,
/// never served. Borrows both for its lifetime. Costs are not clamped, as in the reported utility;
/// a missing cell is NaN and so not chosen.
std::unique_ptr<Router> make_oracle(const data::OutcomeTable& truth,
                                    const data::Normaliser& normaliser);

}  // namespace wend::routers
