// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/leiden_level.h"

#include <numeric>

namespace wend::discover {

Members sort_members(std::span<const Node> order, std::span<const Node> community, Node count) {
  Members members{std::vector<std::size_t>(index(count) + 1), std::vector<Node>(order.size())};
  for (const Node node : order) {
    ++members.begin[index(community[index(node)]) + 1];
  }
  std::partial_sum(members.begin.begin(), members.begin.end(), members.begin.begin());
  std::vector<std::size_t> next(members.begin.begin(), members.begin.end() - 1);
  for (const Node node : order) {
    members.nodes[next[index(community[index(node)])]++] = node;
  }
  return members;
}

Node number_communities(std::span<Node> community) {
  constexpr Node kNew = -1;
  std::vector<Node> number(community.size(), kNew);
  Node count = 0;
  for (Node& of_node : community) {
    Node& known = number[index(of_node)];
    if (known == kNew) {
      known = count++;
    }
    of_node = known;
  }
  return count;
}

}  // namespace wend::discover
