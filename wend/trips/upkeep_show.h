// SPDX-License-Identifier: Apache-2.0
// What an artifact holds of each task type, and in what two artifacts differ.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/override.h"
#include "wend/core/preference.h"
#include "wend/core/scores.h"
#include "wend/core/taxonomy.h"
#include "wend/trips/upkeep_artifact.h"

namespace wend::trips {

/// One node with what the table says of it, overrides applied; of a node above the table's task
/// types, the means over those below it by the rows they rest on.
struct ShownNode {
  core::TaskNode node;
  std::string state;  ///< live, pruned, "merged into ID", or empty: nothing below is live.
  float count = 0;    ///< Soft number of training rows it rests on.
  std::vector<core::ModelScore> models;  ///< In the manifest's order; empty where it is not live.
  std::optional<std::size_t> best;       ///< The model of the highest utility.
};

/// Every node down to the table's task types, in the tree's order.
base::Result<std::vector<ShownNode>> show_nodes(const UpkeepArtifact& artifact,
                                                core::Preference preference);

/// From the first artifact to the second.
struct ArtifactDiff {
  std::vector<std::string> nodes_added;
  std::vector<std::string> nodes_removed;
  std::vector<Tombstone> tombstones_added;
  std::vector<std::string> models_added;
  std::vector<std::string> models_removed;
  std::vector<core::Override> overrides_added;
  std::vector<core::Override> overrides_removed;
  std::vector<TableChange> changed;  ///< Of task types and models that both have.
  std::vector<std::string> notes;    ///< What makes their numbers hard to compare.
};

/// Numbers that differ by less than `threshold` are passed over.
ArtifactDiff diff_artifacts(const UpkeepArtifact& a, const UpkeepArtifact& b, float threshold);

}  // namespace wend::trips
