// SPDX-License-Identifier: Apache-2.0
// The prompt graph of the paper's section 3.1.1: edges to the nearest by meaning, of which those
// stay whose ends prefer the same models.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/discover/graph.h"
#include "wend/discover/rank_overlap.h"
#include "wend/discover/ranking.h"

namespace wend::discover {

struct KnnOptions {
  std::size_t k = 20;
  std::size_t exact_limit = 300'000;  ///< Up to so many points every pair is looked at.
  std::uint64_t seed = 1;             ///< For the index above it.
  std::size_t threads = 0;            ///< 0: all; the edges do not depend on it.
  base::Progress* progress = nullptr;
};

/// The rows scaled to unit length; a row of zeros stays.
base::Matrix unit_rows(base::Matrix rows);

/// Whether every row has unit length, but for what rounding in float leaves.
bool have_unit_length(const base::Matrix& rows);

/// One edge for every two unit rows of which one is among the k nearest of the other, its weight
/// their cosine; a < b, sorted. Fails where the neighbours cannot be found, and once a stop is
/// asked for (base::check_stop).
base::Result<std::vector<Edge>> knn_edges(const base::Matrix& unit_vectors,
                                          const KnnOptions& options);

struct OverlapThreshold {
  const RankOverlap& overlap;
  const Rankings& rankings;
  double least = 0;  ///< Chance-corrected RBO of an edge that stays.
};

/// Drops edges (weights are cosines) whose ends' RBO, chance-corrected, is below the threshold or
/// of which an end prefers no model, and weighs the others sqrt(mm(cosine) mm(RBO)), mm their
/// min-max scaling over what stays; so the weakest has weight 0. A factor that is the same for all
/// is 1.
std::vector<Edge> weigh_edges(std::vector<Edge> edges,
                              const OverlapThreshold& threshold,
                              std::size_t threads);

/// Weighs edges by mm(cosine) alone and keeps all.
void scale_cosines(std::vector<Edge>& edges);

}  // namespace wend::discover
