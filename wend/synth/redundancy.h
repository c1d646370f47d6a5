// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"

namespace wend::synth {

/// The cosines of a question with the one most like it.
struct Closest {
  std::optional<float> within;  ///< In its own group; absent where it is alone there.
  std::optional<float> across;  ///< In the others.
};

/// Row by row: vectors (rows, dim), the group of each. Quadratic in the rows. Fails once a stop is
/// asked for.
base::Result<std::vector<Closest>> closest_of(const base::Matrix& vectors,
                                              std::span<const std::size_t> groups,
                                              std::size_t threads);

}  // namespace wend::synth
