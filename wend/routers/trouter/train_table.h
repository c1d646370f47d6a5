// SPDX-License-Identifier: Apache-2.0
// What is left of the heads after training: the lookup table g[metric, model, task], and how well
// each of its quality cells is known. With TableKind::kBlend the heads' output is the prior of what
// was observed at the node, (n0 g + sum w obs) / (n0 + sum w) with w the posterior
// (algorithms.md 2.9): the heads see a task only through its text, so a node whose rows say
// otherwise is moved by as much as they are many.
#pragma once

#include "wend/base/matrix.h"
#include "wend/routers/trouter/options.h"

namespace wend::routers {

struct TaskTable {
  base::Matrix g;         ///< (metrics x models, tasks), in [0, 1].
  base::Matrix variance;  ///< (models, tasks): of one observed quality at the node.
  base::Matrix count;     ///< (models, tasks): soft number of observations, at least 1.
};

struct TableInputs {
  const base::Matrix& heads;      ///< (metrics x models, tasks)
  const base::Matrix& posterior;  ///< (n, tasks) of the train rows.
  const base::Matrix& outcomes;   ///< (n, metrics x models), NaN where missing.
  std::size_t models = 0;
};

TaskTable build_table(const TableInputs& inputs, TableKind kind, double pseudo_count);

}  // namespace wend::routers
