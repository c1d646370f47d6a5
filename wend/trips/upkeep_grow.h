// SPDX-License-Identifier: Apache-2.0
// New task types for a trained router (algorithms.md 2.9, "incremental update"). A pairwise or
// bilinear recogniser scores a task type from its text alone, and so do the heads: a new branch is
// appended as rows, and what was observed at its leaves moves its columns of the table, while every
// number of the old ones stays.
#pragma once

#include <string>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/core/taxonomy.h"
#include "wend/data/training_set.h"
#include "wend/ml/artifact.h"
#include "wend/trips/upkeep.h"

namespace wend::trips {

struct Growth {
  std::string under;      ///< Id of the node that the branch goes under; empty: beside the domains.
  core::Taxonomy branch;  ///< Its leaves become task types, in their order.
  /// (leaves): of their profile texts in the grown tree (with_branch).
  data::Embeddings profiles;
  base::Matrix mean;      ///< (leaves, metrics x models): of what was observed, in [0, 1].
  base::Matrix count;     ///< (leaves, metrics x models): of how many rows; 0 where of none.
  base::Matrix variance;  ///< (leaves, models): of one observed quality.
};

/// Appends the branch. A cell is the heads' own guess from the text, which counts as pseudo_count
/// rows, moved by what was observed. Fails where an id is taken, also by a tombstone, where `under`
/// is itself a task type, and for the recogniser concat_all, which has a fixed number of them.
base::Result<Upkept> grow(const ml::Artifact& artifact, const Growth& growth);

}  // namespace wend::trips
