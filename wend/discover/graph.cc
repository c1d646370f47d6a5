// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/graph.h"

#include <numeric>

#include "wend/base/check.h"

namespace wend::discover {
namespace {

std::size_t at(Node node) {
  return static_cast<std::size_t>(node);
}

/// Counts arcs into offsets[node + 1] and adds up the loops.
void count_arcs(Graph& graph, std::span<const Edge> edges) {
  for (const Edge& edge : edges) {
    CHECK(edge.a >= 0 && edge.b >= 0 && edge.a < graph.nodes() && edge.b < graph.nodes(),
          "an edge from {} to {} among {} nodes",
          edge.a,
          edge.b,
          graph.nodes());
    CHECK(edge.weight >= 0, "an edge of weight {}", edge.weight);
    if (edge.a == edge.b) {
      graph.loops[at(edge.a)] += static_cast<double>(edge.weight);
    } else if (edge.weight > 0) {
      ++graph.offsets[at(edge.a) + 1];
      ++graph.offsets[at(edge.b) + 1];
    }
  }
}

void place_arcs(Graph& graph, std::span<const Edge> edges) {
  std::partial_sum(graph.offsets.begin(), graph.offsets.end(), graph.offsets.begin());
  graph.all_arcs.resize(graph.offsets.back());
  std::vector<std::size_t> next(graph.offsets.begin(), graph.offsets.end() - 1);
  const auto place = [&](Node from, Node to, float weight) {
    graph.all_arcs[next[at(from)]++] = {to, weight};
  };
  for (const Edge& edge : edges) {
    if (edge.a != edge.b && edge.weight > 0) {
      place(edge.a, edge.b, edge.weight);
      place(edge.b, edge.a, edge.weight);
    }
  }
}

/// Adds up arcs of one row that lead to one node, in place.
void merge_arcs(Graph& graph) {
  std::vector<std::size_t> arc_to(graph.loops.size(),
                                  0);  // 1 + the arc; stale ones are below `row`
  std::size_t kept = 0;
  std::size_t begin = 0;
  for (std::size_t node = 0; node < graph.loops.size(); ++node) {
    const std::size_t end = graph.offsets[node + 1];
    const std::size_t row = kept;
    for (std::size_t i = begin; i < end; ++i) {
      const Arc arc = graph.all_arcs[i];
      std::size_t& known = arc_to[at(arc.target)];
      if (known > row) {
        graph.all_arcs[known - 1].weight += arc.weight;
        continue;
      }
      graph.all_arcs[kept] = arc;
      known = ++kept;
    }
    begin = end;
    graph.offsets[node + 1] = kept;
  }
  graph.all_arcs.resize(kept);
}

}  // namespace

Graph Graph::from_edges(Node nodes, std::span<const Edge> edges) {
  Graph graph;
  graph.loops.resize(at(nodes));
  graph.offsets.assign(at(nodes) + 1, 0);
  count_arcs(graph, edges);
  place_arcs(graph, edges);
  merge_arcs(graph);
  return graph;
}

double Graph::total_weight() const {
  double arcs = 0;
  for (const Arc arc : all_arcs) {
    arcs += static_cast<double>(arc.weight);
  }
  return std::accumulate(loops.begin(), loops.end(), arcs / 2);
}

std::vector<double> Graph::strengths() const {
  std::vector<double> strengths(loops.size());
  for (Node node = 0; node < nodes(); ++node) {
    double sum = 2 * loops[at(node)];
    for (const Arc arc : arcs(node)) {
      sum += static_cast<double>(arc.weight);
    }
    strengths[at(node)] = sum;
  }
  return strengths;
}

Node split_into_components(const Graph& graph, std::span<Node> community) {
  constexpr Node kUnseen = -1;
  std::vector<Node> component(community.size(), kUnseen);
  std::vector<Node> reached;
  Node count = 0;
  for (Node start = 0; start < graph.nodes(); ++start) {
    if (component[at(start)] != kUnseen) {
      continue;
    }
    component[at(start)] = count;
    reached.assign(1, start);
    while (!reached.empty()) {
      const Node node = reached.back();
      reached.pop_back();
      for (const Arc arc : graph.arcs(node)) {
        const std::size_t other = at(arc.target);
        if (component[other] == kUnseen && community[other] == community[at(node)]) {
          component[other] = count;
          reached.push_back(arc.target);
        }
      }
    }
    ++count;
  }
  std::copy(component.begin(), component.end(), community.begin());
  return count;
}

}  // namespace wend::discover
