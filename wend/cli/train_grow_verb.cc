// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "wend/cli/taxonomy_verbs.h"
#include "wend/cli/train_verbs.h"
#include "wend/trips/grow.h"
#include "wend/trips/train_replay.h"

namespace wend::cli {

using base::Result;

Result<int> run_grow_by_replay(const Globals& globals, const GrowOptions& options) {
  warn_of_slow_blas(globals);
  const auto learn = [&](const ml::Artifact& artifact,
                         trips::GrowTrip& trip,
                         store::Store& store) -> Result<trips::Upkept> {
    const trips::Upkept grown = TRY(append_branch(artifact, trip, store));
    std::vector<data::Dataset> old_rows;
    for (const std::string& collection : trip.old_collections()) {
      old_rows.push_back(TRY(store.load_dataset(collection)));
    }
    const data::Dataset new_rows = TRY(store.load_dataset(trip.collection()));
    const auto progress = make_progress(globals);
    return trips::replay_old(
        {artifact, grown.artifact, old_rows, new_rows, globals.seed, globals.threads},
        store,
        trip.embedder(),
        progress.get());
  };
  return run_taxonomy_grow(globals, options, learn);
}

}  // namespace wend::cli
