// SPDX-License-Identifier: Apache-2.0
// New task types for a trained router (algorithms.md 2.9, "incremental update"). A pairwise or
// bilinear recogniser scores a task type from its text alone, and so do the heads: a new branch is
// appended as rows, and what was observed at its leaves moves its columns of the table, while every
// number of the old ones stays.
#pragma once

#include <string>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/core/taxonomy.h"
#include "wend/data/training_set.h"
#include "wend/ml/artifact.h"
#include "wend/trips/upkeep.h"
#include "wend/trips/upkeep_artifact.h"

namespace wend::trips {

struct Growth {
  std::string under;      ///< Id of the node that the branch goes under; empty: beside the domains.
  core::Taxonomy branch;  ///< Its leaves become task types, in their order.
  /// (leaves): of their profile texts in the grown tree (with_branch).
  data::Embeddings profiles;
  base::Matrix mean;      ///< (leaves, metrics x models): of what was observed, in [0, 1].
  base::Matrix count;     ///< (leaves, metrics x models): of how many rows; 0 where of none.
  base::Matrix variance;  ///< (leaves, models): of one observed quality.
  /// SHA-256 of the normalised texts that were learnt from: no evaluation is to score them.
  std::vector<std::string> text_sha256 = {};
  std::string collection = {};  ///< Where those texts are kept.
};

/// Fails for the recogniser concat_all, which has a fixed number of task types.
base::Status check_can_grow(const UpkeepArtifact& artifact);

/// The collections of the branches that it has grown by, in order.
std::vector<std::string> branch_collections(const UpkeepArtifact& artifact);

/// Appends the branch. A cell is the heads' own guess from the text, which counts as pseudo_count
/// rows, moved by what was observed. Fails where an id is taken, also by a tombstone, where `under`
/// is itself a task type, and where check_can_grow does.
base::Result<Upkept> grow(const ml::Artifact& artifact, const Growth& growth);

}  // namespace wend::trips
