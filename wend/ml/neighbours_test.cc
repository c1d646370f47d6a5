// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/neighbours.h"

#include <algorithm>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/random.h"

namespace wend::ml {
namespace {

using testing::ElementsAre;

base::Matrix noise(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  base::Matrix matrix(rows, columns);
  base::Random random(seed);
  for (float& value : matrix.values()) {
    value = static_cast<float>(random.normal());
  }
  return matrix;
}

ExactNeighbours index_of(const base::Matrix& points) {
  return ExactNeighbours(Tensor::from_matrix(points));
}

TEST(InnerProduct, AgreesWithThePlainSumAtEveryLength) {
  const base::Matrix values = noise(2, 100, 3);
  for (std::size_t n = 0; n <= 100; ++n) {
    double plain = 0;
    for (std::size_t i = 0; i < n; ++i) {
      plain += static_cast<double>(values(0, i)) * static_cast<double>(values(1, i));
    }
    EXPECT_NEAR(inner_product(values.row(0).first(n), values.row(1).first(n)), plain, 1e-4);
  }
}

TEST(ExactNeighbours, GivesTheMostSimilarFirstAndTiesByPoint) {
  base::Matrix points(4, 2);
  points(0, 0) = 0.5F;
  points(1, 0) = 1;
  points(2, 0) = 1;
  points(3, 1) = 1;
  const std::vector<float> query = {1, 0};
  EXPECT_THAT(index_of(points).nearest(query, 3),
              ElementsAre(Neighbour{1, 1}, Neighbour{2, 1}, Neighbour{0, 0.5F}));
}

TEST(ExactNeighbours, GivesAllPointsWhenKIsHuge) {
  const base::Matrix points = noise(3, 5, 1);
  EXPECT_EQ(index_of(points).nearest(points.row(0), 1'000'000).size(), 3U);
  EXPECT_TRUE(index_of(base::Matrix(0, 5)).nearest(points.row(0), 7).empty());
  EXPECT_TRUE(index_of(points).nearest(points.row(0), 0).empty());
}

TEST(ExactNeighbours, FindsInATileWhatItFindsAloneOnAnyNumberOfThreads) {
  const base::Matrix points = noise(600, 48, 1);
  const base::Matrix queries = noise(37, 48, 2);
  const ExactNeighbours index = index_of(points);
  const auto together = index.nearest(queries, 9, 1);
  EXPECT_EQ(together, index.nearest(queries, 9, 3));
  for (std::size_t i = 0; i < queries.rows(); ++i) {
    EXPECT_EQ(together[i], index.nearest(queries.row(i), 9)) << i;
  }
}

TEST(ExactNeighbours, AgreesWithAPlainSort) {
  const base::Matrix points = noise(500, 33, 5);
  const base::Matrix query = noise(1, 33, 6);
  std::vector<std::pair<double, std::uint32_t>> plain;
  for (std::uint32_t i = 0; i < points.rows(); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < points.columns(); ++j) {
      sum += static_cast<double>(points(i, j)) * static_cast<double>(query(0, j));
    }
    plain.emplace_back(-sum, i);
  }
  std::sort(plain.begin(), plain.end());
  const Neighbours found = index_of(points).nearest(query.row(0), 20);
  ASSERT_EQ(found.size(), 20U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].point, plain[i].second);
  }
}

}  // namespace
}  // namespace wend::ml
