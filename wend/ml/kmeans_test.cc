// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/kmeans.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "wend/base/random.h"

namespace wend::ml {
namespace {

base::Matrix rows_of(const std::vector<std::vector<float>>& rows) {
  base::Matrix matrix(rows.size(), rows.front().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::ranges::copy(rows[i], matrix.row(i).begin());
  }
  return matrix;
}

/// Unit rows; row i lies around the centre of its planted cluster i % clusters.
base::Matrix planted(std::size_t count, std::size_t clusters, double blur) {
  constexpr std::size_t kDimension = 40;
  base::Random random(7);
  base::Matrix rows(count, kDimension);
  for (std::size_t i = 0; i < count; ++i) {
    float square = 0;
    for (std::size_t j = 0; j < kDimension; ++j) {
      base::Random of_cluster(1'000 * (i % clusters) + j);
      rows(i, j) = static_cast<float>(of_cluster.normal() + blur * random.normal());
      square += rows(i, j) * rows(i, j);
    }
    for (float& value : rows.row(i)) {
      value /= std::sqrt(square);
    }
  }
  return rows;
}

std::set<std::uint32_t> used(const Kmeans& found) {
  return {found.cluster.begin(), found.cluster.end()};
}

/// That it is a fixed point: centres are means, and no point is nearer to another centre.
void expect_settled(const base::Matrix& points, const Kmeans& found) {
  double inertia = 0;
  std::vector<std::vector<double>> sums(found.centres.rows(),
                                        std::vector<double>(points.columns()));
  std::vector<double> sizes(found.centres.rows());
  for (std::size_t i = 0; i < points.rows(); ++i) {
    std::vector<double> distances;
    for (std::size_t c = 0; c < found.centres.rows(); ++c) {
      double sum = 0;
      for (std::size_t j = 0; j < points.columns(); ++j) {
        sum += std::pow(static_cast<double>(points(i, j) - found.centres(c, j)), 2);
      }
      distances.push_back(sum);
    }
    const std::size_t own = found.cluster[i];
    EXPECT_LE(distances[own], std::ranges::min(distances) + 1e-5);
    inertia += distances[own];
    sizes[own] += 1;
    for (std::size_t j = 0; j < points.columns(); ++j) {
      sums[own][j] += static_cast<double>(points(i, j));
    }
  }
  EXPECT_NEAR(found.inertia, inertia, 1e-4 * (1 + inertia));
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    ASSERT_GT(sizes[c], 0);
    EXPECT_NEAR(static_cast<double>(found.centres(c, 0)), sums[c][0] / sizes[c], 1e-5);
  }
}

TEST(Kmeans, FindsPlantedClusters) {
  const base::Matrix points = planted(1'000, 20, 0.3);
  const Kmeans found = kmeans(points, {.clusters = 20}).value();
  std::map<std::size_t, std::set<std::uint32_t>> of_planted;
  for (std::size_t i = 0; i < points.rows(); ++i) {
    of_planted[i % 20].insert(found.cluster[i]);
  }
  EXPECT_EQ(used(found).size(), 20U);
  for (const auto& [planted_cluster, clusters] : of_planted) {
    EXPECT_EQ(clusters.size(), 1U) << planted_cluster;
  }
  expect_settled(points, found);
}

TEST(Kmeans, SettlesWhereClustersRunIntoOneAnother) {
  const base::Matrix points = planted(700, 5, 1.5);
  const Kmeans found = kmeans(points, {.clusters = 13, .restarts = 2, .iterations = 1'000}).value();
  EXPECT_EQ(used(found).size(), 13U);
  expect_settled(points, found);
}

TEST(Kmeans, MoreRestartsAreNeverWorse) {
  const base::Matrix points = planted(400, 12, 0.8);
  double before = std::numeric_limits<double>::infinity();
  for (const int restarts : {1, 2, 5, 20}) {
    const double inertia = kmeans(points, {.clusters = 12, .restarts = restarts}).value().inertia;
    EXPECT_LE(inertia, before);
    before = inertia;
  }
}

TEST(Kmeans, IsTheSameOnAnyNumberOfThreads) {
  const base::Matrix points = planted(1'111, 9, 1);
  const KmeansOptions one{.clusters = 17, .restarts = 3, .threads = 1};
  KmeansOptions three = one;
  three.threads = 3;
  const Kmeans a = kmeans(points, one).value();
  const Kmeans b = kmeans(points, three).value();
  EXPECT_EQ(a.cluster, b.cluster);
  EXPECT_EQ(a.centres, b.centres);
  EXPECT_EQ(a.inertia, b.inertia);
  KmeansOptions other = one;
  other.seed = 99;
  EXPECT_NE(a.cluster, kmeans(points, other).value().cluster);
}

TEST(Kmeans, SharesNoDrawsWithNeighbouringSeeds) {
  // Were a seed's second restart the next seed's first, two restarts could not be the worse ones.
  const base::Matrix points = planted(400, 12, 0.8);
  const auto inertia = [&](std::uint64_t seed, int restarts) {
    return kmeans(points, {.clusters = 12, .restarts = restarts, .seed = seed}).value().inertia;
  };
  bool is_ever_worse = false;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    is_ever_worse = is_ever_worse || inertia(seed, 2) > inertia(seed + 1, 1);
  }
  EXPECT_TRUE(is_ever_worse);
}

TEST(Kmeans, GivesEachPointAClusterWhereMoreAreAsked) {
  const Kmeans found = kmeans(rows_of({{1, 0}, {0, 1}, {-1, 0}}), {.clusters = 10}).value();
  EXPECT_EQ(found.centres.rows(), 3U);
  EXPECT_EQ(used(found).size(), 3U);
  EXPECT_NEAR(found.inertia, 0, 1e-12);
}

TEST(Kmeans, MakesNoMoreClustersThanThereAreDifferentPoints) {
  const base::Matrix points = rows_of({{1, 0}, {1, 0}, {0, 1}, {1, 0}, {0, 1}});
  const Kmeans found = kmeans(points, {.clusters = 4}).value();
  EXPECT_EQ(found.centres.rows(), 2U);
  EXPECT_EQ(found.cluster[0], found.cluster[1]);
  EXPECT_EQ(found.cluster[0], found.cluster[3]);
  EXPECT_EQ(found.cluster[2], found.cluster[4]);
  EXPECT_NE(found.cluster[0], found.cluster[2]);

  const Kmeans same = kmeans(rows_of({{0, 0}, {0, 0}}), {.clusters = 2}).value();
  EXPECT_EQ(same.centres.rows(), 1U);
}

TEST(Kmeans, LeavesNoClusterEmptyWhereTheProductCannotTellPointsApart) {
  // Differences below what the product in float sees, far from the origin: equals go to one centre.
  base::Matrix points(300, 2);
  for (std::size_t i = 0; i < points.rows(); ++i) {
    points(i, 0) = 1'000;
    points(i, 1) = 1e-3F * static_cast<float>(i);
  }
  const Kmeans found = kmeans(points, {.clusters = 50, .restarts = 2}).value();
  EXPECT_EQ(used(found).size(), 50U);
}

TEST(Kmeans, OneClusterIsTheMean) {
  const Kmeans found = kmeans(rows_of({{1, 0}, {0, 1}}), {.clusters = 1}).value();
  EXPECT_EQ(found.centres, rows_of({{0.5F, 0.5F}}));
  EXPECT_NEAR(found.inertia, 1, 1e-6);
  EXPECT_EQ(kmeans(base::Matrix(0, 2), {}).value().centres.rows(), 0U);
}

}  // namespace
}  // namespace wend::ml
