// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace wend::discover {

using Node = std::int32_t;

struct Edge {
  Node a = 0;
  Node b = 0;
  float weight = 1;

  friend bool operator==(const Edge&, const Edge&) = default;
};

/// One end of an edge as its other end sees it.
struct Arc {
  Node target;
  float weight;

  friend bool operator==(const Arc&, const Arc&) = default;
};

/// An undirected weighted graph in compressed rows: an edge is an arc in the rows of both its ends,
/// a self-loop is in `loops` alone. Every weight in a row is above 0.
struct Graph {
  std::vector<std::size_t> offsets = {0};  ///< (nodes + 1) where a node's arcs begin.
  std::vector<Arc> all_arcs;               ///< By node.
  std::vector<double> loops;               ///< (nodes) weight of the node's self-loop.

  /// Edges between the same two nodes are added up, those of weight 0 left out. Needs ends in
  /// [0, nodes) and weights of at least 0.
  static Graph from_edges(Node nodes, std::span<const Edge> edges);

  Node nodes() const { return static_cast<Node>(loops.size()); }

  std::span<const Arc> arcs(Node node) const {
    const std::size_t* const row = offsets.data() + node;
    return {all_arcs.data() + row[0], row[1] - row[0]};
  }

  /// Who walks over nodes in random order waits for their rows, so they are asked for ahead.
  void prefetch_row(Node node) const {
    const Arc* const row = all_arcs.data() + offsets[static_cast<std::size_t>(node)];
    __builtin_prefetch(row);
    __builtin_prefetch(row + 8);
    __builtin_prefetch(row + 16);
  }

  /// Of all edges, each counted once.
  double total_weight() const;

  /// Per node, of its edges, a self-loop counted twice: they sum to 2 total_weight().
  std::vector<double> strengths() const;
};

/// Per node a number from 0, equal where edges between nodes of one community join them; returns
/// how many there are. So it says whether communities are connected: where none is cut.
Node split_into_components(const Graph& graph, std::span<Node> community);

}  // namespace wend::discover
