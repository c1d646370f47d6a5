// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/data/dataset.h"
#include "wend/trips/upkeep_artifact.h"
#include "wend/trips/upkeep_grow.h"

namespace wend::trips {

/// Fills mean, count and variance of the growth from the outcomes of its collection, whose labels
/// are leaves of the branch. The variance of a leaf leans on the model's own elsewhere in the
/// artifact, as a training's leans on the model's over all rows.
base::Status put_observed(const UpkeepArtifact& before,
                          const data::Dataset& collection,
                          Growth& growth);

}  // namespace wend::trips
