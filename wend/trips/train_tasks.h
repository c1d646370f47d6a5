// SPDX-License-Identifier: Apache-2.0
// Training folds with the task types that a router asks for. Those that are not the collection's
// own are found in the fold's train and validation rows, once for all routers that want the same.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/routers/spec.h"
#include "wend/trips/find_tasks.h"
#include "wend/trips/from_data.h"
#include "wend/trips/train_fold.h"

namespace wend::trips {

/// A fold as a router learns from it.
struct TaskFold {
  TrainingFold fold;
  std::vector<std::vector<std::size_t>> candidates;  ///< Per leaf of the taxonomy.
  bool is_undivided = false;  ///< No task type was found, so that one holds every prompt.
};

class FoldTasks {
 public:
  /// Borrows all.
  FoldTasks(const PreparedData& prepared, const TrainingFold& fold, std::size_t threads)
      : prepared_(prepared), fold_(fold), threads_(threads) {}

  /// Null where the router learns from the fold as it is. The result lives until the next call.
  base::Result<const TaskFold*> of(const routers::RouterSpec& spec,
                                   base::Progress* progress = nullptr);

  /// The router trained on the fold with its task types.
  base::Result<FittedRouter> fit(const routers::RouterSpec& spec, base::Progress* progress);

  const PreparedData& prepared() const { return prepared_; }

  /// Without the task types that are found in it.
  const TrainingFold& fold() const { return fold_; }

 private:
  base::Result<TaskFold> find(const TaskFinding& finding, base::Progress* progress) const;

  const PreparedData& prepared_;
  const TrainingFold& fold_;
  std::size_t threads_;
  std::map<std::string, TaskFold> found_;  // by what was asked for; at most kMostKept
};

/// How a router's task types are found, nothing where it takes the collection's own; by the source
/// of the data's tasks where the SPEC leaves it open. Fails for options that are none.
base::Result<std::optional<TaskFinding>> task_finding(const routers::RouterSpec& spec,
                                                      TasksFrom from);

/// Whether a router's task types are the coarse kinds, whose vectors must then be prepared.
bool wants_kinds(const routers::RouterSpec& spec);

}  // namespace wend::trips
