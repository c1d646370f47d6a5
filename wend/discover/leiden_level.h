// SPDX-License-Identifier: Apache-2.0
// What the steps of the Leiden algorithm work on: a graph whose nodes have a mass.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "wend/discover/graph.h"

namespace wend::discover {

inline std::size_t index(Node node) {
  return static_cast<std::size_t>(node);
}

struct Level {
  Graph graph;
  std::vector<double> mass;  ///< (nodes)
};

/// How many nodes ahead of its turn a row is asked for.
constexpr std::size_t kPrefetchAhead = 6;

/// What is the same on every level.
struct LevelOptions {
  double gamma = 1;
  double mean_weight = 1;  ///< Of the edges of the first graph: the unit of small and large.
  double theta = 0.01;
};

/// The weight from one node to each community around it. Dense, so that adding is one access;
/// clear() costs no more than what was added. Sum float keeps twice as much of it in the cache,
/// double is for sums that are kept.
template <class Sum>
class Surroundings {
 public:
  explicit Surroundings(std::size_t communities)
      : weight_(communities), touched_(communities + 1) {}

  /// Needs a weight above 0.
  void add(Node community, float weight) {
    Sum& sum = weight_.data()[community];
    touched_.data()[count_] = community;
    count_ += sum == 0 ? 1 : 0;
    sum += static_cast<Sum>(weight);
  }

  double weight(Node community) const { return static_cast<double>(weight_[index(community)]); }

  /// In the order of the first addition.
  std::span<const Node> communities() const { return std::span(touched_).first(count_); }

  void clear() {
    for (const Node community : communities()) {
      weight_[index(community)] = 0;
    }
    count_ = 0;
  }

 private:
  std::vector<Sum> weight_;
  std::vector<Node> touched_;  // One more is written than counts.
  std::size_t count_ = 0;
};

/// Members of community c: nodes[begin[c]] up to nodes[begin[c + 1]].
struct Members {
  std::vector<std::size_t> begin;
  std::vector<Node> nodes;
};

/// The nodes of `order` by community, each community's in that order.
Members sort_members(std::span<const Node> order, std::span<const Node> community, Node count);

/// Renumbers communities from 0 in the order of their first nodes; returns how many there are.
Node number_communities(std::span<Node> community);

}  // namespace wend::discover
