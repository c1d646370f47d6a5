// SPDX-License-Identifier: Apache-2.0
// Vectors in two dimensions, for the eye: near each other is what was near before. The first two
// principal components set the start, so that the large shape is the data's; then, as in UMAP
// (McInnes, Healy, Melville 2018), each point is drawn to its nearest neighbours and pushed away
// from points drawn at random, with the kernel 1 / (1 + d^2). Principal components alone show a few
// percent of what 384 dimensions hold and lay hundreds of tasks over each other; the neighbours
// keep them apart, in time linear in the points once the neighbours are known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"

namespace wend::discover {

struct PlaneOptions {
  std::size_t neighbours = 15;
  int epochs = 200;
  std::size_t repulsions = 5;  ///< Random points for each neighbour.
  std::uint64_t seed = 1;
  std::size_t threads = 0;  ///< 0: all; the places do not depend on it.
};

struct PlanePoint {
  float x = 0;
  float y = 0;

  friend bool operator==(const PlanePoint&, const PlanePoint&) = default;
};

/// One place in the unit square for each row, which is compared by its direction. Looks at every
/// pair of rows, so it is for some ten thousands. Fails where oneDNN does, and once a stop is asked
/// for (base::check_stop).
base::Result<std::vector<PlanePoint>> place_in_plane(base::Matrix vectors,
                                                     const PlaneOptions& options);

/// Of `count` prompts at most `most`, drawn without replacement, rising; all where they are few.
std::vector<std::uint32_t> sample_prompts(std::size_t count, std::size_t most, std::uint64_t seed);

}  // namespace wend::discover
