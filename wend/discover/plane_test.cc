// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/plane.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "wend/base/random.h"

namespace wend::discover {
namespace {

constexpr std::size_t kTasks = 24;

/// Rows around the centre of task i % kTasks, in so many dimensions that two directions show
/// little.
base::Matrix clustered(std::size_t count) {
  constexpr std::size_t kDimension = 64;
  base::Random random(5);
  base::Matrix rows(count, kDimension);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < kDimension; ++j) {
      base::Random of_task(1'000 * (i % kTasks) + j);
      rows(i, j) = static_cast<float>(of_task.normal() + 0.7 * random.normal());
    }
  }
  return rows;
}

double distance(PlanePoint a, PlanePoint b) {
  return std::hypot(static_cast<double>(a.x - b.x), static_cast<double>(a.y - b.y));
}

/// Of the points those whose nearest point in the plane is of their own task.
double share_with_own_kind(const std::vector<PlanePoint>& points) {
  double same = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::size_t nearest = i == 0 ? 1 : 0;
    for (std::size_t j = 0; j < points.size(); ++j) {
      if (j != i && distance(points[i], points[j]) < distance(points[i], points[nearest])) {
        nearest = j;
      }
    }
    same += nearest % kTasks == i % kTasks ? 1 : 0;
  }
  return same / static_cast<double>(points.size());
}

TEST(PlaceInPlane, KeepsTasksTogetherThatTwoDirectionsMix) {
  const base::Matrix rows = clustered(720);
  EXPECT_LT(share_with_own_kind(place_in_plane(rows, {.epochs = 0}).value()), 0.7);
  EXPECT_GT(share_with_own_kind(place_in_plane(rows, {}).value()), 0.98);
}

TEST(PlaceInPlane, GivesTheSamePlacesOnAnyNumberOfThreads) {
  const base::Matrix rows = clustered(300);
  const auto one = place_in_plane(rows, {.epochs = 20, .threads = 1}).value();
  EXPECT_EQ(one, place_in_plane(rows, {.epochs = 20, .threads = 3}).value());
  EXPECT_NE(one, place_in_plane(rows, {.epochs = 20, .seed = 2, .threads = 1}).value());
}

TEST(PlaceInPlane, StaysInTheSquareWhateverTheRows) {
  base::Matrix rows(40, 3);
  for (std::size_t i = 20; i < 30; ++i) {
    rows(i, 0) = 1;  // Equal rows; the others are zeros.
  }
  rows(35, 1) = 1e30F;
  for (const std::size_t count : {0U, 1U, 2U, 40U}) {
    base::Matrix first(count, 3);
    std::copy_n(rows.data(), 3 * count, first.data());
    const auto points = place_in_plane(first, {}).value();
    ASSERT_EQ(points.size(), count);
    for (const PlanePoint point : points) {
      EXPECT_TRUE(point.x >= 0 && point.x <= 1 && point.y >= 0 && point.y <= 1);
    }
  }
}

TEST(SamplePrompts, DrawsAsManyAsAskedEachOnce) {
  const auto sample = sample_prompts(100'000, 2'000, 1);
  EXPECT_EQ(std::set(sample.begin(), sample.end()).size(), 2'000U);
  EXPECT_TRUE(std::ranges::is_sorted(sample));
  EXPECT_LT(sample.back(), 100'000U);
  const auto low = std::ranges::count_if(sample, [](std::uint32_t i) { return i < 50'000; });
  EXPECT_NEAR(static_cast<double>(low), 1'000, 100);
  EXPECT_NE(sample, sample_prompts(100'000, 2'000, 2));
}

TEST(SamplePrompts, TakesAllWhereTheyAreFew) {
  EXPECT_EQ(sample_prompts(3, 3, 1), (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ(sample_prompts(2, 3, 1), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_TRUE(sample_prompts(0, 3, 1).empty());
  EXPECT_TRUE(sample_prompts(3, 0, 1).empty());
}

}  // namespace
}  // namespace wend::discover
