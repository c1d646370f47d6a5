// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/redundancy.h"

#include <algorithm>

#include "wend/base/check.h"
#include "wend/base/parallel.h"
#include "wend/base/stop.h"
#include "wend/synth/cosine.h"

namespace wend::synth {

base::Result<std::vector<Closest>> closest_of(const base::Matrix& vectors,
                                              std::span<const std::size_t> groups,
                                              std::size_t threads) {
  CHECK(vectors.rows() == groups.size(), "{} vectors of {}", vectors.rows(), groups.size());
  base::Matrix units = vectors;
  for (std::size_t i = 0; i < units.rows(); ++i) {
    make_unit(units.row(i));
  }
  std::vector<Closest> closest(units.rows());
  base::parallel_for(units.rows(), threads, [&](std::size_t i, std::size_t) {
    if (!base::check_stop()) {
      return;
    }
    for (std::size_t j = 0; j < units.rows(); ++j) {
      if (j != i) {
        std::optional<float>& place =
            groups[i] == groups[j] ? closest[i].within : closest[i].across;
        const float cosine = dot(units.row(i), units.row(j));
        place = std::max(place.value_or(cosine), cosine);
      }
    }
  });
  TRY(base::check_stop());
  return closest;
}

}  // namespace wend::synth
