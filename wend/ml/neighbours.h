// SPDX-License-Identifier: Apache-2.0
// Exact nearest neighbours by inner product: every point is looked at. At 10^4 points of 384
// dimensions a query costs about a millisecond, which is less than embedding it, so no index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/ml/tensor.h"

namespace wend::ml {

struct Neighbour {
  std::uint32_t point = 0;
  float similarity = 0;  ///< Inner product: the cosine where both are unit vectors.

  friend bool operator==(const Neighbour&, const Neighbour&) = default;
};

/// The inner product summed in one fixed order, whatever the processor: equal inputs give equal
/// bits.
float inner_product(std::span<const float> a, std::span<const float> b);

/// The most similar first, ties by the lower point.
using Neighbours = std::vector<Neighbour>;

class ExactNeighbours {
 public:
  /// points (n, dim); shares the tensor's memory.
  explicit ExactNeighbours(Tensor points);

  std::size_t size() const { return count_; }

  std::size_t dimension() const { return dimension_; }

  /// The k nearest of one vector of our dimension; all points where there are fewer.
  Neighbours nearest(std::span<const float> query, std::size_t k) const;

  /// queries (m, dim) -> the same for each, on `threads` threads (0: all); the result does not
  /// depend on their number.
  std::vector<Neighbours> nearest(const base::Matrix& queries,
                                  std::size_t k,
                                  std::size_t threads) const;

 private:
  std::span<const float> point(std::size_t i) const {
    return points_.values().subspan(i * dimension_, dimension_);
  }

  Tensor points_;
  std::size_t count_;
  std::size_t dimension_;
};

}  // namespace wend::ml
