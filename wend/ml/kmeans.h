// SPDX-License-Identifier: Apache-2.0
// k-means (Lloyd 1982) from k-means++ seeds (Arthur, Vassilvitskii 2007), the best of some
// restarts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/progress.h"
#include "wend/base/result.h"

namespace wend::ml {

struct KmeansOptions {
  std::size_t clusters = 8;
  int restarts = 10;
  int iterations = 100;  ///< Of a restart, at most.
  std::uint64_t seed = 1;
  std::size_t threads = 0;  ///< 0: all; the clusters do not depend on it.
  base::Progress* progress = nullptr;
};

struct Kmeans {
  base::Matrix centres;                ///< (clusters, dimensions)
  std::vector<std::uint32_t> cluster;  ///< Per point; none is empty.
  double inertia = 0;                  ///< The sum of squared distances to the centres.
  int iterations = 0;                  ///< Of the best restart.
};

/// Of the rows of `points`, by Euclidean distance; fewer clusters than asked where the rows hold
/// fewer different points. Needs finite numbers of moderate size, as unit rows have. Fails where
/// oneDNN does, and once a stop is asked for (base::check_stop).
base::Result<Kmeans> kmeans(const base::Matrix& points, const KmeansOptions& options);

}  // namespace wend::ml
