// SPDX-License-Identifier: Apache-2.0
// Communities of a planted graph such as discovery makes of 280,000 prompts: groups of uneven size,
// nodes of uneven degree (a tail as of x^-2.5), a share of the edges anywhere. Whoever wants to be
// timed gets the same edges; quality is the modularity counted here, from the edge list, for all.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
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

/// At least one edge, and of the pairs of nodes at most half, lest drawing edges that are not there
/// yet takes for ever.
inline bool has_room(const ClusterTask& task) {
  const auto nodes = static_cast<double>(task.nodes);
  return task.edges > 0 && static_cast<double>(task.edges) <= nodes * (nodes - 1) / 4;
}

/// Where each group's nodes begin, and the end: sizes from 100 to 3,000, small ones more often.
inline std::vector<std::size_t> draw_groups(std::size_t nodes, base::Random& random) {
  std::vector<std::size_t> begin = {0};
  while (begin.back() < nodes) {
    const double size = std::min(3'000.0, 100 * std::pow(1 - random.uniform(), -1));
    begin.push_back(std::min(nodes, begin.back() + static_cast<std::size_t>(size)));
  }
  return begin;
}

inline void keep_different(std::vector<discover::Edge>& edges) {
  const auto by_ends = [](const discover::Edge& x, const discover::Edge& y) {
    return x.a != y.a ? x.a < y.a : x.b < y.b;
  };
  const auto same_ends = [](const discover::Edge& x, const discover::Edge& y) {
    return x.a == y.a && x.b == y.b;
  };
  std::stable_sort(edges.begin(), edges.end(), by_ends);
  edges.erase(std::unique(edges.begin(), edges.end(), same_ends), edges.end());
}

/// Draws pairs of nodes, and shuffles the nodes' names so that groups do not lie together in
/// memory.
class EdgeUrn {
 public:
  EdgeUrn(const ClusterTask& task, base::Random& random)
      : task_(task),
        nodes_(static_cast<std::size_t>(task.nodes)),
        urn_(draw_weights(nodes_, random)),
        group_begin_(draw_groups(nodes_, random)),
        group_of_(nodes_),
        name_(nodes_) {
    for (std::size_t g = 0; g + 1 < group_begin_.size(); ++g) {
      std::fill(group_of_.begin() + static_cast<std::ptrdiff_t>(group_begin_[g]),
                group_of_.begin() + static_cast<std::ptrdiff_t>(group_begin_[g + 1]),
                static_cast<std::uint32_t>(g));
    }
    std::iota(name_.begin(), name_.end(), 0);
    random.shuffle(std::span(name_));
  }

  /// Nothing where both ends are one.
  void draw_into(std::vector<discover::Edge>& edges, base::Random& random) const {
    const std::size_t a = urn_.draw(0, nodes_, random);
    const bool anywhere = random.uniform() < task_.noise;
    const std::size_t g = group_of_[a];
    const std::size_t b = anywhere ? urn_.draw(0, nodes_, random)
                                   : urn_.draw(group_begin_[g], group_begin_[g + 1], random);
    if (a != b) {
      edges.push_back({std::min(name_[a], name_[b]),
                       std::max(name_[a], name_[b]),
                       0.25F + 0.75F * static_cast<float>(random.uniform())});
    }
  }

 private:
  static std::vector<double> draw_weights(std::size_t nodes, base::Random& random) {
    std::vector<double> weights(nodes);
    for (double& weight : weights) {
      weight = std::min(50.0, std::pow(1 - random.uniform(), -1 / 1.5));
    }
    return weights;
  }

  const ClusterTask& task_;
  std::size_t nodes_;
  Urn urn_;
  std::vector<std::size_t> group_begin_;
  std::vector<std::uint32_t> group_of_;
  std::vector<discover::Node> name_;
};

/// Different edges, none a loop, the first end the lower, weights in [0.25, 1]. Needs has_room().
inline std::vector<discover::Edge> make_edges(const ClusterTask& task) {
  base::Random random(task.seed);
  const EdgeUrn urn(task, random);
  std::vector<discover::Edge> edges;
  while (edges.size() < task.edges) {
    for (std::size_t i = edges.size(); i < task.edges; ++i) {
      urn.draw_into(edges, random);
    }
    keep_different(edges);
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
