// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/knn_graph.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wend/base/random.h"

namespace wend::discover {
namespace {

using testing::ElementsAre;

/// Points on a quarter of the circle, at these degrees.
base::Matrix at_degrees(const std::vector<double>& degrees) {
  base::Matrix points(degrees.size(), 2);
  for (std::size_t i = 0; i < degrees.size(); ++i) {
    const double angle = degrees[i] * 3.14159265358979 / 180;
    points(i, 0) = static_cast<float>(std::cos(angle));
    points(i, 1) = static_cast<float>(std::sin(angle));
  }
  return points;
}

base::Matrix rows_of(const std::vector<std::vector<float>>& rows) {
  base::Matrix matrix(rows.size(), rows.front().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::copy(rows[i].begin(), rows[i].end(), matrix.row(i).begin());
  }
  return matrix;
}

base::Matrix noise(std::size_t rows, std::size_t columns) {
  base::Matrix matrix(rows, columns);
  base::Random random(8);
  for (float& value : matrix.values()) {
    value = static_cast<float>(random.normal());
  }
  return unit_rows(matrix);
}

TEST(UnitRows, HaveLengthOneAndZerosStay) {
  EXPECT_EQ(unit_rows(rows_of({{3, 4}, {0, 0}})), rows_of({{0.6F, 0.8F}, {0, 0}}));
}

TEST(UnitRows, AreKnownAsSuch) {
  EXPECT_TRUE(have_unit_length(noise(100, 384)));
  EXPECT_TRUE(have_unit_length(base::Matrix(0, 3)));
  EXPECT_FALSE(have_unit_length(rows_of({{1, 0}, {0.6F, 0.801F}})));
  EXPECT_FALSE(have_unit_length(rows_of({{1, 0}, {0, 0}})));
  EXPECT_FALSE(have_unit_length(rows_of({{std::nanf(""), 0}})));
}

TEST(KnnEdges, JoinTwoWhereOneIsNearTheOther) {
  // 60 has 40 for its nearest, which has 35.
  const auto edges = knn_edges(at_degrees({0, 30, 35, 40, 60}), {.k = 1}).value();
  ASSERT_EQ(edges.size(), 4U);
  const std::vector<std::pair<Node, Node>> expected = {{0, 1}, {1, 2}, {2, 3}, {3, 4}};
  for (std::size_t i = 0; i < edges.size(); ++i) {
    EXPECT_EQ(std::pair(edges[i].a, edges[i].b), expected[i]);
  }
  EXPECT_NEAR(edges[3].weight, std::cos(20 * 3.14159265 / 180), 1e-6);
}

TEST(KnnEdges, AreTheSameOnAnyNumberOfThreadsAndNearlyByTheIndex) {
  const base::Matrix points = noise(600, 16);
  const auto edges = knn_edges(points, {.k = 10, .threads = 1}).value();
  EXPECT_EQ(edges, knn_edges(points, {.k = 10, .threads = 3}).value());
  const auto rough = knn_edges(points, {.k = 10, .exact_limit = 100, .threads = 2}).value();
  EXPECT_EQ(rough, knn_edges(points, {.k = 10, .exact_limit = 100, .threads = 1}).value());
  std::size_t found = 0;
  for (const Edge& edge : edges) {
    found += std::binary_search(rough.begin(), rough.end(), edge, [](const Edge& x, const Edge& y) {
      return std::pair(x.a, x.b) < std::pair(y.a, y.b);
    });
  }
  EXPECT_GE(static_cast<double>(found), 0.99 * static_cast<double>(edges.size()));
}

TEST(WeighEdges, KeepsWhoPrefersTheSameAndMultipliesBothScales) {
  const Rankings rankings(rows_of({{3, 2, 1}, {3, 2, 1}, {3, 1, 2}, {1, 2, 3}}));
  const RankOverlap overlap(3, 0.8);
  const double near = overlap(rankings[0], rankings[2]);
  const std::vector<Edge> edges = {{0, 1, 0.9F}, {0, 2, 1.0F}, {0, 3, 1.0F}, {1, 2, 0.5F}};
  const auto weighed = weigh_edges(edges, {overlap, rankings, near}, 1);
  // 0-3 disagree. Of the rest 1-2 is the farthest, and the RBO of 0-2 and 1-2 the least.
  ASSERT_EQ(weighed.size(), 3U);
  EXPECT_EQ(weighed[0].b, 1);
  EXPECT_NEAR(weighed[0].weight, std::sqrt(0.8), 1e-6);
  EXPECT_EQ(weighed[1], (Edge{0, 2, 0}));
  EXPECT_EQ(weighed[2], (Edge{1, 2, 0}));
}

TEST(WeighEdges, TakesAFactorThatIsTheSameForAllAsOne) {
  const Rankings rankings(rows_of({{2, 1}, {2, 1}, {2, 1}}));
  const RankOverlap overlap(2, 0.8);
  const auto weighed = weigh_edges({{0, 1, 0.5F}, {1, 2, 0.9F}}, {overlap, rankings, 0}, 1);
  EXPECT_THAT(weighed, ElementsAre(Edge{0, 1, 0}, Edge{1, 2, 1}));
  const auto single = weigh_edges({{0, 1, 0.5F}}, {overlap, rankings, 0}, 1);
  EXPECT_THAT(single, ElementsAre(Edge{0, 1, 1}));
  EXPECT_TRUE(weigh_edges({}, {overlap, rankings, 0}, 1).empty());
}

TEST(WeighEdges, DropsWhomAllModelsAnswerAlike) {
  // Ties broken by index would call 0 and 1 the same, and 0 and 2 as well.
  const Rankings rankings(rows_of({{1, 1, 1}, {1, 1, 1}, {3, 2, 1}, {3, 2, 1}}));
  const RankOverlap overlap(3, 0.8);
  EXPECT_NEAR(overlap.corrected(rankings[0], rankings[1]), 0, 1e-12);
  EXPECT_NEAR(overlap.corrected(rankings[0], rankings[2]), 0, 1e-12);
  const auto weighed = weigh_edges({{0, 1, 1}, {0, 2, 1}, {2, 3, 1}}, {overlap, rankings, 0}, 1);
  EXPECT_THAT(weighed, ElementsAre(Edge{2, 3, 1}));
}

}  // namespace
}  // namespace wend::discover
