// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/aggregate.h"

#include <numeric>

namespace wend::discover {
namespace {

/// Members of part p: nodes[begin[p]] up to nodes[begin[p + 1]], rising.
struct Members {
  std::vector<std::size_t> begin;
  std::vector<Node> nodes;
};

Members members_of(std::span<const Node> part, Node parts) {
  Members members{std::vector<std::size_t>(index(parts) + 1), std::vector<Node>(part.size())};
  for (const Node p : part) {
    ++members.begin[index(p) + 1];
  }
  std::partial_sum(members.begin.begin(), members.begin.end(), members.begin.begin());
  std::vector<std::size_t> next(members.begin.begin(), members.begin.end() - 1);
  for (std::size_t node = 0; node < part.size(); ++node) {
    members.nodes[next[index(part[node])]++] = static_cast<Node>(node);
  }
  return members;
}

}  // namespace

Level aggregate(const Level& level, std::span<const Node> part, Node parts) {
  const Members members = members_of(part, parts);
  Level smaller;
  smaller.mass.resize(index(parts));
  smaller.graph.loops.resize(index(parts));
  smaller.graph.offsets.reserve(index(parts) + 1);
  Surroundings around(index(parts));
  const Node* const part_of = part.data();
  for (Node p = 0; p < parts; ++p) {
    double& loop = smaller.graph.loops[index(p)];
    for (std::size_t i = members.begin[index(p)]; i < members.begin[index(p) + 1]; ++i) {
      const Node node = members.nodes[i];
      smaller.mass[index(p)] += level.mass[index(node)];
      loop += level.graph.loops[index(node)];
      for (const Arc arc : level.graph.arcs(node)) {
        around.add(part_of[index(arc.target)], arc.weight);
      }
    }
    for (const Node other : around.communities()) {
      if (other == p) {
        loop += around.weight(p) / 2;  // Every edge inside was met from both ends.
      } else {
        smaller.graph.all_arcs.push_back({other, static_cast<float>(around.weight(other))});
      }
    }
    around.clear();
    smaller.graph.offsets.push_back(smaller.graph.all_arcs.size());
  }
  return smaller;
}

}  // namespace wend::discover
