// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/knn_graph.h"

#include <algorithm>
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
  const double near = overlap.corrected(rankings[0], rankings[2]);
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

/// The paper's own weights, of RBO as it comes: for complete lists the correction is one and the
/// same line through all overlaps, and changes neither what stays nor what it weighs.
std::vector<Edge> weigh_uncorrected(const std::vector<Edge>& edges,
                                    const RankOverlap& overlap,
                                    const Rankings& rankings,
                                    double least) {
  const auto rbo = [&](const Edge& edge) {
    return overlap(rankings[static_cast<std::size_t>(edge.a)],
                   rankings[static_cast<std::size_t>(edge.b)]);
  };
  std::vector<Edge> kept;
  std::vector<double> cosines;
  std::vector<double> overlaps;
  for (const Edge& edge : edges) {
    if (rbo(edge) >= least) {
      kept.push_back(edge);
      cosines.push_back(static_cast<double>(edge.weight));
      overlaps.push_back(rbo(edge));
    }
  }
  const auto scaled = [](const std::vector<double>& values, std::size_t i) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return (values[i] - *low) / (*high - *low);
  };
  for (std::size_t i = 0; i < kept.size(); ++i) {
    kept[i].weight = static_cast<float>(std::sqrt(scaled(cosines, i) * scaled(overlaps, i)));
  }
  return kept;
}

TEST(WeighEdges, OfCompleteListsAreThoseOfTheUncorrectedOverlap) {
  const RankOverlap overlap(6, 0.8);
  const Rankings rankings(noise(60, 6));
  const auto edges = knn_edges(noise(60, 4), {.k = 8, .threads = 1}).value();
  const double least = 0.2;
  const double chance = overlap.chance(6, 6);
  const auto weighed = weigh_edges(edges, {overlap, rankings, least}, 1);
  const auto expected = weigh_uncorrected(edges, overlap, rankings, chance + (1 - chance) * least);
  ASSERT_EQ(weighed.size(), expected.size());
  ASSERT_GT(weighed.size(), 20U);
  ASSERT_LT(weighed.size(), edges.size());
  for (std::size_t i = 0; i < weighed.size(); ++i) {
    EXPECT_EQ(weighed[i].a, expected[i].a);
    EXPECT_EQ(weighed[i].b, expected[i].b);
    EXPECT_NEAR(weighed[i].weight, expected[i].weight, 1e-6);
  }
}

TEST(WeighEdges, AtAThresholdOfZeroDropsWhoAgreesLessThanByChance) {
  // 0 and 1 are nearly opposites, and yet their RBO is above .6: of four models all lists end
  // alike.
  const float missing = std::nanf("");
  const Rankings rankings(rows_of({{4, 3, 2, 1},
                                   {1, 2, 3, 4},
                                   {4, 3, 1, 2},
                                   {4, 3, missing, missing},
                                   {missing, missing, 4, 3}}));
  const RankOverlap overlap(4, 0.8);
  EXPECT_GT(overlap(rankings[0], rankings[1]), 0.59);
  const std::vector<Edge> edges = {
      {0, 1, 1}, {0, 2, 1}, {0, 3, 1}, {0, 4, 1}, {1, 4, 1}, {3, 4, 1}};
  std::vector<std::pair<Node, Node>> kept;
  for (const Edge& edge : weigh_edges(edges, {overlap, rankings, 0}, 1)) {
    kept.emplace_back(edge.a, edge.b);
  }
  EXPECT_THAT(kept, ElementsAre(std::pair(0, 2), std::pair(0, 3), std::pair(1, 4)));
}

TEST(WeighEdges, KeepsOppositesWhereTheThresholdAllowsThem) {
  const Rankings rankings(rows_of({{2, 1}, {1, 2}, {2, 1}}));
  const RankOverlap overlap(2, 0.8);
  EXPECT_NEAR(overlap.corrected(rankings[0], rankings[1]), -1, 1e-12);
  const auto weighed = weigh_edges({{0, 1, 0.5F}, {0, 2, 0.9F}}, {overlap, rankings, -1.5}, 1);
  EXPECT_THAT(weighed, ElementsAre(Edge{0, 1, 0}, Edge{0, 2, 1}));
}

TEST(WeighEdges, CutsShortListsByTheirOwnChance) {
  // The two short lists name the same models in the same order; the complete ones differ at the
  // top.
  const float missing = std::nanf("");
  const Rankings rankings(
      rows_of({{4, 3, 2, 1}, {3, 4, 2, 1}, {4, 3, missing, missing}, {4, missing, 3, missing}}));
  const RankOverlap overlap(4, 0.8);
  const double complete = overlap(rankings[0], rankings[1]);
  const double partial = overlap(rankings[2], rankings[3]);
  ASSERT_LT(partial, complete);
  ASSERT_GT(overlap.corrected(rankings[2], rankings[3]),
            overlap.corrected(rankings[0], rankings[1]));
  const double between =
      (overlap.corrected(rankings[2], rankings[3]) + overlap.corrected(rankings[0], rankings[1])) /
      2;
  const auto weighed = weigh_edges({{0, 1, 1}, {2, 3, 1}}, {overlap, rankings, between}, 1);
  EXPECT_THAT(weighed, ElementsAre(Edge{2, 3, 1}));
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
