// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/aggregate.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace wend::discover {

Level aggregate(const Level& level, std::span<const Node> part, Node parts) {
  std::vector<Node> order(part.size());
  std::iota(order.begin(), order.end(), 0);
  const Members members = sort_members(order, part, parts);
  Level smaller;
  smaller.mass.resize(index(parts));
  smaller.graph.loops.resize(index(parts));
  smaller.graph.offsets.reserve(index(parts) + 1);
  smaller.graph.all_arcs.reserve(level.graph.all_arcs.size());
  Surroundings<double> around(index(parts));
  const Node* const part_of = part.data();
  for (Node p = 0; p < parts; ++p) {
    double& loop = smaller.graph.loops[index(p)];
    for (std::size_t i = members.begin[index(p)]; i < members.begin[index(p) + 1]; ++i) {
      const Node node = members.nodes[i];
      level.graph.prefetch_row(members.nodes[std::min(i + kPrefetchAhead, part.size() - 1)]);
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
