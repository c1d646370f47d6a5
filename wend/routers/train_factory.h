// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/data/training_set.h"
#include "wend/ml/tensor.h"
#include "wend/routers/router.h"
#include "wend/routers/spec.h"

namespace wend::routers {

/// How a training run ended; zeros where a router has no epochs.
struct TrainingReport {
  std::size_t epochs = 0;
  std::size_t best_epoch = 0;
  double validation_utility_sum =
      0;  ///< Mean over validation rows, summed over the three preferences.
  std::size_t parameters = 0;
};

/// What training leaves: the weights and the configuration, from which load_router makes the very
/// object that is evaluated and served.
struct TrainedRouter {
  ml::TensorMap weights;
  std::string config_json = "{}";     ///< Every option with its value, chosen ones (k, temperature,
                                      ///< lambda) included: the manifest's "config".
  std::vector<core::TaskName> tasks;  ///< In the order of g's columns.
  TrainingReport report;
  /// Set instead of weights by what is evaluated but cannot be served (oracle, trouter without
  /// assumption 1).
  std::unique_ptr<Router> unservable;
};

struct TrainContext {
  const data::TrainingSet& set;
  /// The whole table, for the rule that looks at the truth (oracle) alone; null where a trip has
  /// none.
  const data::OutcomeTable* truth = nullptr;
  const data::Normaliser* truth_normaliser = nullptr;
  std::size_t threads = 0;
  base::Progress* progress = nullptr;  ///< May be null.
  /// Per leaf of set.taxonomy, in their order, the models that are worth heads of their own
  /// (finerouter); null where a trip has none.
  const std::vector<std::vector<std::size_t>>* task_candidates = nullptr;
};

/// Fails, before anything is trained, where the collection lacks what the router cannot do without
/// (smallest, largest, adaptive: sizes; model: the model). The error names the router.
base::Status check_needs(const RouterSpec& spec, const data::OutcomeTable& table);

/// Trains the router a SPEC names: a plain table in train_factory.cc. Unknown options and values
/// are errors with a suggestion; every error names the router.
base::Result<TrainedRouter> train_router(const RouterSpec& spec, const TrainContext& context);

}  // namespace wend::routers
