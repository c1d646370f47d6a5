// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/neighbours.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "wend/base/check.h"
#include "wend/base/parallel.h"

namespace wend::ml {
namespace {

// Queries that share one walk over the points, and points that stay in the second-level cache
// meanwhile: 256 of 384 floats are 384 KB.
constexpr std::size_t kQueryTile = 16;
constexpr std::size_t kPointTile = 256;

constexpr std::size_t kLanes = 8;
constexpr std::size_t kStreams = 4;
using Lanes [[gnu::vector_size(kLanes * sizeof(float))]] = float;

/// Four streams of eight lanes, multiplied and added apart (no fused operation), then summed
/// pairwise: the order is that of the source on any processor.
[[gnu::always_inline]] inline float sum_of_products(const float* a, const float* b, std::size_t n) {
  Lanes sums[kStreams] = {};
  std::size_t i = 0;
  for (; i + kLanes * kStreams <= n; i += kLanes * kStreams) {
    for (std::size_t stream = 0; stream < kStreams; ++stream) {
      Lanes x;
      Lanes y;
      std::memcpy(&x, a + i + stream * kLanes, sizeof x);
      std::memcpy(&y, b + i + stream * kLanes, sizeof y);
      const Lanes product = x * y;
      sums[stream] += product;
    }
  }
  const Lanes all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  float total = ((all[0] + all[1]) + (all[2] + all[3])) + ((all[4] + all[5]) + (all[6] + all[7]));
  for (; i < n; ++i) {
    total += a[i] * b[i];
  }
  return total;
}

using Product = float (*)(const float* a, const float* b, std::size_t n);

float product_of_any(const float* a, const float* b, std::size_t n) {
  return sum_of_products(a, b, n);
}

#if defined(__x86_64__)
// AVX2 without FMA, so that no product is fused into a sum.
[[gnu::target("avx2")]] float product_of_avx2(const float* a, const float* b, std::size_t n) {
  return sum_of_products(a, b, n);
}

Product chosen_product() {
  return __builtin_cpu_supports("avx2") != 0 ? product_of_avx2 : product_of_any;
}
#else
Product chosen_product() {
  return product_of_any;
}
#endif

Product product() {
  static const Product kProduct = chosen_product();
  return kProduct;
}

bool is_nearer(const Neighbour& a, const Neighbour& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.point < b.point;
}

Neighbours most_similar(std::span<const float> similarities, std::size_t k) {
  Neighbours all(similarities.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = {static_cast<std::uint32_t>(i), similarities[i]};
  }
  const std::size_t kept = std::min(k, all.size());
  std::partial_sort(
      all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(), is_nearer);
  all.resize(kept);
  return all;
}

}  // namespace

float inner_product(std::span<const float> a, std::span<const float> b) {
  CHECK(a.size() == b.size(), "vectors of {} and {} numbers", a.size(), b.size());
  return product()(a.data(), b.data(), a.size());
}

ExactNeighbours::ExactNeighbours(Tensor points) : points_(std::move(points)) {
  CHECK(points_.shape().size() == 2, "points need two dimensions");
  count_ = static_cast<std::size_t>(points_.shape()[0]);
  dimension_ = static_cast<std::size_t>(points_.shape()[1]);
}

Neighbours ExactNeighbours::nearest(std::span<const float> query, std::size_t k) const {
  CHECK(query.size() == dimension_, "a query of {} numbers for {}", query.size(), dimension_);
  std::vector<float> similarities(count_);
  for (std::size_t i = 0; i < count_; ++i) {
    similarities[i] = product()(query.data(), point(i).data(), dimension_);
  }
  return most_similar(similarities, k);
}

std::vector<Neighbours> ExactNeighbours::nearest(const base::Matrix& queries,
                                                 std::size_t k,
                                                 std::size_t threads) const {
  CHECK(queries.rows() == 0 || queries.columns() == dimension_,
        "queries of {} numbers for {}",
        queries.columns(),
        dimension_);
  std::vector<Neighbours> found(queries.rows());
  const std::size_t tiles = (queries.rows() + kQueryTile - 1) / kQueryTile;
  base::parallel_for(tiles, threads, [&](std::size_t tile, std::size_t) {
    const std::size_t begin = tile * kQueryTile;
    const std::size_t end = std::min(begin + kQueryTile, queries.rows());
    base::Matrix similarities(end - begin, count_);
    for (std::size_t first = 0; first < count_; first += kPointTile) {
      const std::size_t last = std::min(first + kPointTile, count_);
      for (std::size_t query = begin; query < end; ++query) {
        for (std::size_t i = first; i < last; ++i) {
          similarities(query - begin, i) =
              product()(queries.row(query).data(), point(i).data(), dimension_);
        }
      }
    }
    for (std::size_t query = begin; query < end; ++query) {
      found[query] = most_similar(similarities.row(query - begin), k);
    }
  });
  return found;
}

}  // namespace wend::ml
