// SPDX-License-Identifier: Apache-2.0
// The other way to learn a branch (`wend taxonomy grow --replay-old`): the network is trained on
// from its weights, with the old task types' questions replayed beside the new ones, so that it
// learns to tell them apart without forgetting. Old numbers move.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/data/dataset.h"
#include "wend/ml/artifact.h"
#include "wend/store/store.h"
#include "wend/trips/embeddings.h"
#include "wend/trips/upkeep.h"

namespace wend::trips {

struct ReplayRequest {
  const ml::Artifact& before;
  const ml::Artifact& grown;  ///< With the branch's rows appended.
  /// Of which those count that the artifact has learnt from.
  const std::vector<data::Dataset>& old_rows;
  const data::Dataset& new_rows;  ///< Labelled with leaves of the branch.
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

/// A quarter of the new rows joins the old validation rows; scale of costs, models, task types,
/// tombstones and overrides stay. What had been merged or pruned is learnt as what it is now.
/// `store` keeps vectors; progress may be null.
base::Result<Upkept> replay_old(const ReplayRequest& request,
                                store::Store& store,
                                TextEmbedder& embedder,
                                base::Progress* progress);

}  // namespace wend::trips
