// SPDX-License-Identifier: Apache-2.0
// What neighbours say together: of each model the weighted mean of the cells that are present, with
// weights softmax(cos / T) (T infinite: equal weights), so that near neighbours count more the
// lower T is (algorithms.md 7.2). Weights are renormalised over the present cells of each model.
#pragma once

#include <span>
#include <vector>

#include "wend/ml/neighbours.h"
#include "wend/ml/tensor.h"

namespace wend::routers {

/// softmax(similarity / temperature) up to a factor: the nearest weighs 1. temperature > 0, or
/// infinite.
std::vector<double> neighbour_weights(std::span<const ml::Neighbour> neighbours,
                                      double temperature);

struct NeighbourMean {
  float mean;  ///< NaN where no neighbour has the cell.
  float
      standard_error;  ///< sqrt(weighted variance / effective number); NaN for a single neighbour.
};

/// Of one model's column of `cells` (train rows, models).
NeighbourMean neighbour_mean(std::span<const ml::Neighbour> neighbours,
                             std::span<const double> weights,
                             const ml::Tensor& cells,
                             std::size_t model);

}  // namespace wend::routers
