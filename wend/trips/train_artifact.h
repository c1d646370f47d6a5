// SPDX-License-Identifier: Apache-2.0
// The trip of `wend train`: one collection, one split, one router, one artifact.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/data/normaliser.h"
#include "wend/data/split.h"
#include "wend/routers/spec.h"
#include "wend/trips/from_data.h"
#include "wend/trips/train_fold.h"
#include "wend/trips/train_tune.h"

namespace wend::trips {

struct TrainArtifactRequest {
  routers::RouterSpec router;
  data::SplitShares shares;
  data::NormaliserKind normaliser = data::NormaliserKind::kReference;
  std::uint64_t seed = 1;
  std::size_t threads = 0;
  std::size_t tune = 0;  ///< Trials; their record is kept beside the artifact, OUT.tune.json.
  std::string out;       ///< The artifact's folder; `latest` beside it will point at it.
};

/// What `wend train` tells of its run.
struct TrainArtifactReport {
  std::string artifact_id;
  std::size_t train = 0;
  std::size_t validation = 0;
  std::size_t test = 0;
  std::string data_sha256;
  FittedRouter fitted;
  std::optional<Tuning> tuning;
  std::vector<std::string>
      notes;  ///< The table's, whether --tune had nothing to try, and of found tasks.
};

/// Fails for a router that cannot be served (trouter without assumption 1), and before any training
/// where the collection does not meet the router's needs.
base::Result<TrainArtifactReport> train_artifact(const TrainArtifactRequest& request,
                                                 const PreparedData& prepared,
                                                 base::Progress* progress);

}  // namespace wend::trips
