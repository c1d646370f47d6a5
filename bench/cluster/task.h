// SPDX-License-Identifier: Apache-2.0
// Communities of a planted graph such as discovery makes of 280,000 prompts: groups of uneven size,
// nodes of uneven degree (a tail as of x^-2.5), a share of the edges anywhere. Whoever wants to be
// timed gets the same edges; quality is the modularity counted here, from the edge list, for all.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/measure.h"

#include "wend/base/random.h"
#include "wend/discover/graph.h"

namespace wend::bench {

struct ClusterTask {
  discover::Node nodes = 280'000;
  std::size_t edges = 5'500'000;
  double noise = 0.3;  ///< Share of the edges that join any two nodes.
  std::uint64_t seed = 1;
};

/// Draws indices with chances in proportion to weights.
class Urn {
 public:
  explicit Urn(const std::vector<double>& weights) {
    double sum = 0;
    for (const double weight : weights) {
      ends_.push_back(sum += weight);
    }
  }

  std::size_t draw(std::size_t begin, std::size_t end, base::Random& random) const {
    const double low = begin == 0 ? 0 : ends_[begin - 1];
    const double point = low + random.uniform() * (ends_[end - 1] - low);
    const auto first = ends_.begin();
    const auto found = std::upper_bound(first + static_cast<std::ptrdiff_t>(begin),
                                        first + static_cast<std::ptrdiff_t>(end) - 1,
                                        point);
    return static_cast<std::size_t>(found - first);
  }

 private:
  std::vector<double> ends_;
};

/// Different edges, none a loop, the first end the lower, weights in [0.25, 1].
inline std::vector<discover::Edge> make_edges(const ClusterTask& task) {
  base::Random random(task.seed);
  const auto nodes = static_cast<std::size_t>(task.nodes);
  std::vector<double> weight(nodes);
  for (double& w : weight) {
    w = std::min(50.0, std::pow(1 - random.uniform(), -1 / 1.5));
  }
  std::vector<std::size_t> group_begin = {0};
  while (group_begin.back() < nodes) {  // Sizes from 100 to 3,000, small ones more often.
    const double size = std::min(3'000.0, 100 * std::pow(1 - random.uniform(), -1));
    group_begin.push_back(std::min(nodes, group_begin.back() + static_cast<std::size_t>(size)));
  }
  std::vector<std::uint32_t> group_of(nodes);
  for (std::size_t g = 0; g + 1 < group_begin.size(); ++g) {
    std::fill(group_of.begin() + static_cast<std::ptrdiff_t>(group_begin[g]),
              group_of.begin() + static_cast<std::ptrdiff_t>(group_begin[g + 1]),
              static_cast<std::uint32_t>(g));
  }
  std::vector<discover::Node> name(nodes);  // So that groups do not lie together in memory.
  for (std::size_t i = 0; i < nodes; ++i) {
    name[i] = static_cast<discover::Node>(i);
  }
  random.shuffle(std::span(name));
  const Urn urn(weight);
  std::vector<discover::Edge> edges;
  while (edges.size() < task.edges) {
    for (std::size_t i = edges.size(); i < task.edges; ++i) {
      const std::size_t a = urn.draw(0, nodes, random);
      const bool anywhere = random.uniform() < task.noise;
      const std::size_t g = group_of[a];
      const std::size_t b = anywhere ? urn.draw(0, nodes, random)
                                     : urn.draw(group_begin[g], group_begin[g + 1], random);
      if (a != b) {
        edges.push_back({std::min(name[a], name[b]),
                         std::max(name[a], name[b]),
                         0.25F + 0.75F * static_cast<float>(random.uniform())});
      }
    }
    const auto by_ends = [](const discover::Edge& x, const discover::Edge& y) {
      return x.a != y.a ? x.a < y.a : x.b < y.b;
    };
    const auto same_ends = [](const discover::Edge& x, const discover::Edge& y) {
      return x.a == y.a && x.b == y.b;
    };
    std::stable_sort(edges.begin(), edges.end(), by_ends);
    edges.erase(std::unique(edges.begin(), edges.end(), same_ends), edges.end());
  }
  return edges;
}

inline double modularity(const ClusterTask& task,
                         const std::vector<discover::Edge>& edges,
                         const std::vector<std::int64_t>& community) {
  std::vector<double> strength(static_cast<std::size_t>(task.nodes));
  double inside = 0;
  double total = 0;
  for (const discover::Edge& edge : edges) {
    const auto ca = static_cast<std::size_t>(community[static_cast<std::size_t>(edge.a)]);
    const auto cb = static_cast<std::size_t>(community[static_cast<std::size_t>(edge.b)]);
    const auto w = static_cast<double>(edge.weight);
    total += w;
    inside += ca == cb ? w : 0;
    strength[ca] += w;
    strength[cb] += w;
  }
  double squares = 0;
  for (const double s : strength) {
    squares += s * s / (4 * total * total);
  }
  return inside / total - squares;
}

}  // namespace wend::bench
