// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "wend/discover/fuse.h"
#include "wend/discover/ranking.h"

namespace wend::discover {

/// The few models that are worth heads of their own for a task (the paper's section 3.1.1).
struct CandidateSet {
  std::vector<ModelIndex> models;  ///< The beginning of the fused ranking.
  double coverage = 0;  ///< Share of the members of whose best models (ties: all) one is in it.
};

/// Takes models in fused order until coverage exceeds delta. Members that list no model do not
/// count; where none lists one, the set is the first model.
CandidateSet candidate_set(const Rankings& rankings,
                           std::span<const std::uint32_t> members,
                           const FusedRanking& fused,
                           double delta = 0.8);

}  // namespace wend::discover
