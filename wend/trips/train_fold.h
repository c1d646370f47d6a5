// SPDX-License-Identifier: Apache-2.0
// One training of one router: the rows of a fold in, weights and a router that can be asked out.
// `train` and `eval` both walk through here, so an artifact that eval saves is the one that train
// would have made.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/data/training_set.h"
#include "wend/eval/fold.h"
#include "wend/ml/artifact.h"
#include "wend/routers/router.h"
#include "wend/routers/spec.h"
#include "wend/routers/train_factory.h"
#include "wend/trips/from_data.h"

namespace wend::trips {

/// What all routers of a fold share: its rows and normaliser, and the copies they learn from.
struct TrainingFold {
  eval::Fold fold;
  data::TrainingSet set;
};

TrainingFold make_training_fold(const PreparedData& prepared, eval::Fold fold);

/// A router as it is evaluated and, where it can be served, the artifact it was loaded from.
struct FittedRouter {
  std::unique_ptr<routers::Router> router;
  std::optional<ml::Artifact> artifact;
  routers::TrainingReport report;
  std::string config_json;
  double seconds = 0;
  std::string note = {};  ///< What a person should know of its task types; mostly nothing.
};

struct FitRequest {
  const routers::RouterSpec& spec;
  const PreparedData& prepared;
  const TrainingFold& fold;
  /// The candidate models of the fold's task types; null where they are the collection's own.
  const std::vector<std::vector<std::size_t>>* task_candidates = nullptr;
  std::size_t threads = 0;
  base::Progress* progress = nullptr;
};

/// Trains, makes the artifact, and loads the router from it: what is evaluated is what would be
/// served.
base::Result<FittedRouter> fit_router(const FitRequest& request);

/// The manifest of a trained router (docs/formats/artifact.md): no clock, no path, so equal
/// trainings give equal bytes.
std::string make_manifest(const FitRequest& request, const routers::TrainedRouter& trained);

/// The manifest's data hash: SHA-256 over the models, the taxonomy, and the texts, outcomes and
/// labels of the fold's train and validation rows in the order of the table. It is the same however
/// those rows are divided between the two, whatever the normaliser and the encoder; the manifest
/// lists these beside it.
std::string data_sha256(const PreparedData& prepared, const eval::Fold& fold);

}  // namespace wend::trips
