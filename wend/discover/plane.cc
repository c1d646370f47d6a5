// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/plane.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

#include "wend/base/random.h"
#include "wend/base/stop.h"
#include "wend/discover/knn_graph.h"
#include "wend/ml/neighbours_all.h"

namespace wend::discover {
namespace {

constexpr int kPowerSteps = 20;
constexpr float kStartSide = 10;  // In units of the kernel's width.
constexpr float kLongestStep = 4;

using Direction = std::vector<float>;

void make_unit(Direction& direction) {
  const float length = std::sqrt(ml::inner_product(direction, direction));
  for (float& value : direction) {
    value = length > 0 ? value / length : 0;
  }
}

void add(std::span<const float> row, float times, std::span<float> sum) {
  for (std::size_t j = 0; j < row.size(); ++j) {
    sum[j] += times * row[j];
  }
}

Direction mean_row(const base::Matrix& rows) {
  Direction mean(rows.columns());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    add(rows.row(i), 1 / static_cast<float>(rows.rows()), mean);
  }
  return mean;
}

/// The first two principal directions, by power iteration: roughly, where they are near equal.
std::array<Direction, 2> principal_directions(const base::Matrix& rows,
                                              const Direction& mean,
                                              std::uint64_t seed) {
  base::Random random(base::stage_seed(seed, "plane/start"));
  std::array<Direction, 2> directions;
  for (std::size_t d = 0; d < directions.size(); ++d) {
    Direction& direction = directions[d];
    for (std::size_t j = 0; j < rows.columns(); ++j) {
      direction.push_back(static_cast<float>(random.normal()));
    }
    for (int step = 0; step < kPowerSteps; ++step) {
      make_unit(direction);
      Direction next(rows.columns());
      const float offset = ml::inner_product(mean, direction);
      float weights = 0;
      for (std::size_t i = 0; i < rows.rows(); ++i) {
        const float along = ml::inner_product(rows.row(i), direction) - offset;
        add(rows.row(i), along, next);
        weights += along;
      }
      add(mean, -weights, next);
      for (std::size_t before = 0; before < d; ++before) {
        add(directions[before], -ml::inner_product(directions[before], next), next);
      }
      direction = std::move(next);
    }
    make_unit(direction);
  }
  return directions;
}

struct Frame {
  PlanePoint middle;
  float width = 0;
  float height = 0;
};

Frame frame_of(std::span<const PlanePoint> points) {
  const auto [left, right] = std::ranges::minmax(points, {}, &PlanePoint::x);
  const auto [low, high] = std::ranges::minmax(points, {}, &PlanePoint::y);
  return {{(left.x + right.x) / 2, (low.y + high.y) / 2}, right.x - left.x, high.y - low.y};
}

/// Into the unit square.
void fit(std::span<PlanePoint> points, const Frame& frame) {
  const auto scaled = [](float offset, float side) {
    return side > 0 ? std::clamp(0.5F + offset / side, 0.0F, 1.0F) : 0.5F;
  };
  for (PlanePoint& point : points) {
    point = {scaled(point.x - frame.middle.x, frame.width),
             scaled(point.y - frame.middle.y, frame.height)};
  }
}

/// What is equal is shaken apart a little, for without a difference nothing pushes.
std::vector<PlanePoint> start(const base::Matrix& rows, base::Random& random, std::uint64_t seed) {
  const Direction mean = mean_row(rows);
  const auto directions = principal_directions(rows, mean, seed);
  std::vector<PlanePoint> points(rows.rows());
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i] = {ml::inner_product(rows.row(i), directions[0]),
                 ml::inner_product(rows.row(i), directions[1])};
  }
  Frame frame = frame_of(points);
  frame.width = frame.height = std::max(frame.width, frame.height);
  fit(points, frame);
  for (PlanePoint& point : points) {
    point.x = kStartSide * point.x + 0.01F * static_cast<float>(random.uniform());
    point.y = kStartSide * point.y + 0.01F * static_cast<float>(random.uniform());
  }
  return points;
}

struct Step {
  float x;
  float y;
};

/// Of `from` away from `to`: the gradient of a pair's likelihood under the kernel.
Step step_of(PlanePoint from, PlanePoint to, bool attracts) {
  const float x = from.x - to.x;
  const float y = from.y - to.y;
  const float square = x * x + y * y;
  const float force = attracts ? -2 / (1 + square) : 2 / ((0.001F + square) * (1 + square));
  return {std::clamp(force * x, -kLongestStep, kLongestStep),
          std::clamp(force * y, -kLongestStep, kLongestStep)};
}

void move(PlanePoint& point, Step step, float rate) {
  point.x += rate * step.x;
  point.y += rate * step.y;
}

/// One pass over every point and its neighbours, in order, on one thread.
void relax(const ml::NeighbourTable& neighbours,
           const PlaneOptions& options,
           float rate,
           base::Random& random,
           std::span<PlanePoint> points) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (const ml::Neighbour& neighbour : neighbours.row(i)) {
      PlanePoint& other = points[neighbour.point];
      const Step pull = step_of(points[i], other, true);
      move(points[i], pull, rate);
      move(other, {-pull.x, -pull.y}, rate);
      for (std::size_t r = 0; r < options.repulsions; ++r) {
        move(points[i], step_of(points[i], points[random.below(points.size())], false), rate);
      }
    }
  }
}

}  // namespace

base::Result<std::vector<PlanePoint>> place_in_plane(base::Matrix vectors,
                                                     const PlaneOptions& options) {
  const base::Matrix rows = unit_rows(std::move(vectors));
  if (rows.rows() == 0) {
    return std::vector<PlanePoint>();
  }
  const ml::NeighbourTable neighbours =
      TRY(ml::all_nearest(rows, options.neighbours, options.threads));
  base::Random random(base::stage_seed(options.seed, "plane"));
  std::vector<PlanePoint> points = start(rows, random, options.seed);
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    TRY(base::check_stop());
    const float rate = 1 - static_cast<float>(epoch) / static_cast<float>(options.epochs);
    relax(neighbours, options, rate, random, points);
  }
  fit(points, frame_of(points));
  return points;
}

std::vector<std::uint32_t> sample_prompts(std::size_t count, std::size_t most, std::uint64_t seed) {
  base::Random random(base::stage_seed(seed, "sample"));
  std::vector<std::uint32_t> sample;
  sample.reserve(std::min(count, most));
  for (std::size_t i = 0; i < count && sample.size() < most; ++i) {
    if (random.below(count - i) < most - sample.size()) {  // Knuth's algorithm S.
      sample.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return sample;
}

}  // namespace wend::discover
