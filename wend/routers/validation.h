// SPDX-License-Identifier: Apache-2.0
// The figure by which hyper-parameters are chosen: what the choices would have been worth on
// the validation rows, mean utility summed over the three named preferences (algorithms.md 1.2).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>

#include "wend/base/matrix.h"
#include "wend/core/preference.h"
#include "wend/core/taxonomy.h"
#include "wend/data/training_set.h"
#include "wend/routers/router.h"

namespace wend::routers {

/// The model of the highest utility; ties go to the lower cost, then the lower index (algorithms.md
/// 1.4). A model whose quality or cost is NaN is not known and not chosen; nothing where all are.
std::optional<std::size_t> best_model(std::span<const float> quality,
                                      std::span<const float> cost_normalised,
                                      core::Preference preference);

using ChooseModel =
    std::function<std::optional<std::size_t>(std::size_t row, core::Preference preference)>;

/// Sum over the named preferences of the mean true utility of the chosen cells. A chosen cell that
/// is missing is left out of its mean; 0 where nothing is left.
double utility_sum(const ChooseModel& choose, const data::Examples& truth);

/// The same for predicted cells, both (rows, models), by best_model.
double utility_sum(const base::Matrix& quality,
                   const base::Matrix& cost_normalised,
                   const data::Examples& truth);

/// The same for a router on the validation rows of the set.
double utility_sum(const Router& router, const data::TrainingSet& set);

/// Index into taxonomy.leaves() of a row's heaviest label; nothing where it has none on a leaf.
std::optional<std::size_t> leaf_of(const core::Taxonomy& taxonomy,
                                   const std::vector<core::TaskLabel>& labels);

}  // namespace wend::routers
