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
/// clear() costs no more than what was added.
class Surroundings {
 public:
  explicit Surroundings(std::size_t communities)
      : weight_(communities), touched_(communities + 1) {}

  /// Needs a weight above 0.
  void add(Node community, float weight) {
    double& sum = weight_.data()[community];
    touched_.data()[count_] = community;
    count_ += sum == 0 ? 1 : 0;
    sum += static_cast<double>(weight);
  }

  double weight(Node community) const { return weight_[index(community)]; }

  /// In the order of the first addition.
  std::span<const Node> communities() const { return std::span(touched_).first(count_); }

  void clear() {
    for (const Node community : communities()) {
      weight_[index(community)] = 0;
    }
    count_ = 0;
  }

 private:
  std::vector<double> weight_;
  std::vector<Node> touched_;  // One more is written than counts.
  std::size_t count_ = 0;
};

/// Renumbers communities from 0 in the order of their first nodes; returns how many there are.
Node number_communities(std::span<Node> community);

}  // namespace wend::discover
