// SPDX-License-Identifier: Apache-2.0
// The trip of `wend train`: one collection, one split, one router, one artifact.
#pragma once

#include <cstdint>
#include <string>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/data/normaliser.h"
#include "wend/data/split.h"
#include "wend/routers/spec.h"
#include "wend/trips/from_data.h"
#include "wend/trips/train_fold.h"

namespace wend::trips {

struct TrainArtifactRequest {
  routers::RouterSpec router;
  data::SplitShares shares;
  data::NormaliserKind normaliser = data::NormaliserKind::kReference;
  std::uint64_t seed = 1;
  std::size_t threads = 0;
  std::string out;  ///< The artifact's folder; `latest` beside it will point at it.
};

/// What `wend train` tells of its run.
struct TrainArtifactReport {
  std::string artifact_id;
  std::size_t train = 0;
  std::size_t validation = 0;
  std::size_t test = 0;
  std::string data_sha256;
  FittedRouter fitted;
};

/// Fails for a router that cannot be served (trouter without assumption 1), and before any training
/// where the collection does not meet the router's needs.
base::Result<TrainArtifactReport> train_artifact(const TrainArtifactRequest& request,
                                                 const PreparedData& prepared,
                                                 base::Progress* progress);

/// Whether an artifact could be put at `out` and `latest` beside it be pointed at it, to be asked
/// before any work: fails where `out` is a link or holds anything else, where `latest` is no link,
/// and where nothing may be written. Changes nothing.
base::Status check_artifact_folder(const std::string& out);

/// Makes `latest` beside `folder` point at it, in one step. Something there that is no link is left
/// alone and refused.
base::Status point_latest_at(const std::string& folder);

}  // namespace wend::trips
