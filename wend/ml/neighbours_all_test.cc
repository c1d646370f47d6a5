// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/neighbours_all.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "wend/base/random.h"

namespace wend::ml {
namespace {

/// Unit vectors around `groups` centres, as prompts lie around their subjects.
base::Matrix clustered(std::size_t rows, std::size_t columns, std::size_t groups) {
  base::Random random(4);
  base::Matrix centres(groups, columns);
  for (float& value : centres.values()) {
    value = static_cast<float>(random.normal());
  }
  base::Matrix points(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t group = random.below(groups);
    double squares = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      const double value = static_cast<double>(centres(group, j)) + random.normal();
      points(i, j) = static_cast<float>(value);
      squares += value * value;
    }
    for (float& value : points.row(i)) {
      value /= static_cast<float>(std::sqrt(squares));
    }
  }
  return points;
}

TEST(AllNearest, IsThePlainSearchWithoutThePointItself) {
  // More than a block of queries and a tile of points, neither a multiple.
  const base::Matrix points = clustered(1'203, 40, 9);
  const NeighbourTable table = all_nearest(points, 12, 2).value();
  const auto plain = ExactNeighbours(Tensor::from_matrix(points)).nearest(points, 13, 1);
  ASSERT_EQ(table.columns(), 12U);
  for (std::size_t i = 0; i < points.rows(); ++i) {
    Neighbours others = plain[i];
    std::erase_if(others, [&](const Neighbour& other) { return other.point == i; });
    others.resize(12);
    EXPECT_TRUE(std::ranges::equal(table.row(i), others)) << i;
  }
}

TEST(AllNearest, IsTheSameOnAnyNumberOfThreads) {
  const base::Matrix points = clustered(400, 24, 5);
  EXPECT_EQ(all_nearest(points, 7, 1).value(), all_nearest(points, 7, 5).value());
  EXPECT_EQ(all_nearest_hnsw(points, 7, 1, {}).value(), all_nearest_hnsw(points, 7, 5, {}).value());
}

TEST(AllNearest, GivesOfEqualPointsTheLowest) {
  const base::Matrix points(2'000, 8, 0.5F);
  const NeighbourTable table = all_nearest(points, 3, 1).value();
  EXPECT_EQ(table(0, 0).point, 1U);
  EXPECT_EQ(table(0, 2).point, 3U);
  EXPECT_EQ(table(1'999, 2).point, 2U);
}

TEST(AllNearest, GivesAllOthersWhereThereAreFewer) {
  const base::Matrix points = clustered(4, 8, 2);
  for (const NeighbourTable& table :
       {all_nearest(points, 100, 1).value(), all_nearest_hnsw(points, 100, 1, {}).value()}) {
    ASSERT_EQ(table.columns(), 3U);
    for (std::size_t i = 0; i < 4; ++i) {
      std::set<std::size_t> seen = {i};
      for (const Neighbour& other : table.row(i)) {
        seen.insert(other.point);
      }
      EXPECT_EQ(seen.size(), 4U);
    }
  }
  EXPECT_TRUE(all_nearest(base::Matrix(0, 8), 3, 1).value().empty());
  EXPECT_TRUE(all_nearest_hnsw(base::Matrix(1, 8), 3, 1, {}).value().empty());
}

double recall_of_hnsw(const base::Matrix& points, std::size_t k) {
  const NeighbourTable exact = all_nearest(points, k, 0).value();
  const NeighbourTable rough = all_nearest_hnsw(points, k, 0, {}).value();
  std::size_t found = 0;
  for (std::size_t i = 0; i < points.rows(); ++i) {
    for (const Neighbour& wanted : exact.row(i)) {
      found += std::ranges::count(rough.row(i), wanted.point, &Neighbour::point) > 0 ? 1U : 0U;
    }
  }
  return static_cast<double>(found) / static_cast<double>(k * points.rows());
}

TEST(AllNearest, FindsNearlyAllByHnsw) {
  EXPECT_GE(recall_of_hnsw(clustered(1'500, 32, 20), 20), 0.99);
  // Many more in a cluster than the search's width, and nothing but noise to tell them apart.
  EXPECT_GE(recall_of_hnsw(clustered(5'000, 384, 5), 20), 0.99);
}

}  // namespace
}  // namespace wend::ml
