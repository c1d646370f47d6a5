// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/matrix.h"
#include "wend/core/taxonomy.h"
#include "wend/data/training_set.h"

namespace wend::routers {

/// Mean of `cells` (rows, models) per leaf of the taxonomy -> (leaves, models), shrunk towards the
/// parent: g_node = (sum + pseudo_count * g_parent) / (n + pseudo_count), from the mean over all
/// rows down (algorithms.md 11.2). So an unseen leaf has its parent's value. A row counts with its
/// label's weight; missing cells do not count; NaN where a model has no cell at all.
base::Matrix shrunk_leaf_means(const core::Taxonomy& taxonomy,
                               const data::Examples& rows,
                               const base::Matrix& cells,
                               double pseudo_count);

}  // namespace wend::routers
