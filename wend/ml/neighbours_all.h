// SPDX-License-Identifier: Apache-2.0
// The nearest neighbours of every point among all others. Exactly, as a matrix product in blocks:
// the similarities of a few queries to a few points are looked through while they are still in the
// cache, and only what beats a query's k-th best so far is kept. Or roughly, by hnswlib's graph,
// where the square of the points is too much.
#pragma once

#include <cstddef>
#include <cstdint>

#include "wend/base/matrix.h"
#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/ml/neighbours.h"

namespace wend::ml {

/// (points, min(k, points - 1)); each row the most similar first, equals by the lower point, the
/// point itself left out.
using NeighbourTable = base::BasicMatrix<Neighbour>;

/// Of the rows of `points`, on `threads` threads (0: all); the table does not depend on their
/// number. Similarities are those of inner_product(). Tells progress, unless it is null, how many
/// points' neighbours are found. Fails where oneDNN does, and once a stop is asked for
/// (base::check_stop).
base::Result<NeighbourTable> all_nearest(const base::Matrix& points,
                                         std::size_t k,
                                         std::size_t threads,
                                         base::Progress* progress = nullptr);

struct HnswOptions {
  std::size_t links = 24;         ///< hnswlib's M.
  std::size_t build_width = 200;  ///< ef_construction.
  std::size_t width = 200;        ///< ef when asked; at least k + 1 is taken.
  std::uint64_t seed = 1;
};

/// The same, some neighbours missed. Points are entered by one thread and in order, for the graph
/// would depend on who comes first; only the questions are asked by all. Rows may be filled up with
/// farther points that were found, never with a point twice. Fails for want of memory, and once a
/// stop is asked for.
base::Result<NeighbourTable> all_nearest_hnsw(const base::Matrix& points,
                                              std::size_t k,
                                              std::size_t threads,
                                              const HnswOptions& options,
                                              base::Progress* progress = nullptr);

}  // namespace wend::ml
