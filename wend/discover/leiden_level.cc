// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/leiden_level.h"

namespace wend::discover {

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
