// SPDX-License-Identifier: Apache-2.0
// RouterBench's Zero router: for any budget, mix the two neighbouring vertices of the hull. At one
// mu the utility mu * quality - (1 - mu) * cost is linear, so a vertex is already best and no
// mixture beats it: there the rule is best_static itself (a test says so), and the vertices are
// what it may name.
#include "wend/routers/rules/hull.h"

#include <algorithm>
#include <cmath>

namespace wend::routers {
namespace {

struct Point {
  double cost;
  double quality;
  std::size_t model;
};

/// Whether b lies on or below the line from a to c.
bool is_covered(const Point& a, const Point& b, const Point& c) {
  return (b.quality - a.quality) * (c.cost - a.cost) <= (c.quality - a.quality) * (b.cost - a.cost);
}

}  // namespace

std::vector<std::size_t> upper_hull(const ModelMeans& means) {
  std::vector<Point> points;
  for (std::size_t model = 0; model < means.size(); ++model) {
    const auto cost = static_cast<double>(means.cost_normalised[model]);
    const auto quality = static_cast<double>(means.quality[model]);
    if (!std::isnan(cost) && !std::isnan(quality)) {
      points.push_back({cost, quality, model});
    }
  }
  std::sort(points.begin(), points.end(), [](const Point& a, const Point& b) {
    return a.cost != b.cost         ? a.cost < b.cost
           : a.quality != b.quality ? a.quality > b.quality
                                    : a.model < b.model;
  });
  std::vector<Point> hull;
  for (const Point& point : points) {
    if (!hull.empty() && point.quality <= hull.back().quality) {
      continue;  // Dearer and no better.
    }
    while (hull.size() > 1 && is_covered(hull[hull.size() - 2], hull.back(), point)) {
      hull.pop_back();
    }
    hull.push_back(point);
  }
  std::vector<std::size_t> models;
  for (const Point& point : hull) {
    models.push_back(point.model);
  }
  return models;
}

}  // namespace wend::routers
