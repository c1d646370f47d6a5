// SPDX-License-Identifier: Apache-2.0
// What a set of prompts has in common: one ranking and one centre.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/discover/ranking.h"

namespace wend::discover {

struct FusedRanking {
  std::vector<ModelIndex> order;  ///< Every model, best first, without ties.
  std::vector<double> score;      ///< Per model, RRF.
};

/// Reciprocal rank fusion (Cormack, Clarke, Buettcher 2009): RRF(m) = sum_i 1/(k + rank_i(m)) over
/// the members' rankings that list m; who ties shares the mean rank. Equal scores stand by the
/// higher mean quality, then by the lower index. quality_means: per model, NaN below any number.
FusedRanking fuse_rankings(const Rankings& rankings,
                           std::span<const std::uint32_t> members,
                           std::span<const double> quality_means,
                           double k = 60);

/// Qualities that rank as a fused ranking does: the negative place of each model, NaN of one that
/// no member was asked (whose mean is NaN).
std::vector<float> qualities_of(const FusedRanking& fused, std::span<const double> quality_means);

/// qualities (prompts, models): per model the mean over members, NaN where none is known.
std::vector<double> mean_qualities(const base::Matrix& qualities,
                                   std::span<const std::uint32_t> members);

/// The same with the median.
std::vector<double> median_qualities(const base::Matrix& qualities,
                                     std::span<const std::uint32_t> members);

/// Element by element the median of the members' rows, of an even number the mean of the middle
/// two; needs a member.
void median_row(const base::Matrix& rows,
                std::span<const std::uint32_t> members,
                std::span<float> median);

}  // namespace wend::discover
