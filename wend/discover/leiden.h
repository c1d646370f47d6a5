// SPDX-License-Identifier: Apache-2.0
// Communities of a graph by the Leiden algorithm (Traag, Waltman, van Eck 2019). Both objectives
// are one, over communities c with the weight E_c of the edges inside and the mass N_c:
//
//   Q = 1/(2m) sum_c (2 E_c - gamma N_c^2)
//
//   modularity: a node's mass is its strength k_i, gamma = resolution / 2m
//   CPM:        a node's mass is its weight n_i (1), gamma = resolution
//
// An iteration moves nodes to the community that gains most until none gains (leiden_move.h),
// splits every community into well-connected parts (leiden_refine.h), makes each part one node
// (aggregate.h) and repeats on the smaller graph until nothing is left to merge. Every community is
// connected. One thread; the same seed gives the same communities.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "wend/discover/graph.h"

namespace wend::discover {

enum class Objective { kModularity, kCpm };

struct LeidenOptions {
  Objective objective = Objective::kModularity;
  double resolution = 1;  ///< At least 0: the graph's components.
  /// Randomness of the refinement, in units of the mean weight of an edge; above 0.
  double theta = 0.01;
  /// 0: until an iteration moves no node.
  int iterations = 0;
  std::uint64_t seed = 1;
  /// Of each node, above 0; for CPM alone. Empty: 1 each.
  std::span<const double> node_weights = {};
};

struct Partition {
  std::vector<Node> community;  ///< Per node, from 0 by falling number of nodes.
  Node count = 0;
  double quality = 0;
  int iterations = 0;  ///< That were run.
};

/// Nodes without edges are communities of their own.
Partition leiden(Graph graph, const LeidenOptions& options);

/// Q as above; 0 for a graph without edges.
double partition_quality(const Graph& graph,
                         std::span<const Node> community,
                         const LeidenOptions& options);

}  // namespace wend::discover
