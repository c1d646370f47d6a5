// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/knn/neighbour_means.h"

#include <cmath>
#include <limits>

namespace wend::routers {
namespace {

float cell_of(const ml::Tensor& cells, std::size_t row, std::size_t model) {
  return cells.values()[row * static_cast<std::size_t>(cells.shape()[1]) + model];
}

}  // namespace

std::vector<double> neighbour_weights(std::span<const ml::Neighbour> neighbours,
                                      double temperature) {
  std::vector<double> weights;
  weights.reserve(neighbours.size());
  for (const ml::Neighbour& neighbour : neighbours) {
    const auto behind = static_cast<double>(neighbour.similarity - neighbours.front().similarity);
    weights.push_back(std::exp(behind / temperature));
  }
  return weights;
}

NeighbourMean neighbour_mean(std::span<const ml::Neighbour> neighbours,
                             std::span<const double> weights,
                             const ml::Tensor& cells,
                             std::size_t model) {
  double weight = 0;
  double weight_squares = 0;
  double sum = 0;
  for (std::size_t i = 0; i < neighbours.size(); ++i) {
    if (const float cell = cell_of(cells, neighbours[i].point, model); !std::isnan(cell)) {
      weight += weights[i];
      weight_squares += weights[i] * weights[i];
      sum += weights[i] * static_cast<double>(cell);
    }
  }
  constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
  if (weight == 0) {
    return {kUnknown, kUnknown};
  }
  const double mean = sum / weight;
  double squares = 0;
  for (std::size_t i = 0; i < neighbours.size(); ++i) {
    if (const float cell = cell_of(cells, neighbours[i].point, model); !std::isnan(cell)) {
      const double distance = static_cast<double>(cell) - mean;
      squares += weights[i] * distance * distance;
    }
  }
  constexpr double kMoreThanOne = 1 + 1e-6;
  const double effective_number = weight * weight / weight_squares;
  const float error = effective_number < kMoreThanOne
                          ? kUnknown
                          : static_cast<float>(std::sqrt(squares / weight / effective_number));
  return {static_cast<float>(mean), error};
}

}  // namespace wend::routers
