// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "wend/base/random.h"
#include "wend/discover/leiden_level.h"

namespace wend::discover {

/// The refinement: every community is taken apart into single nodes, which in random order join a
/// part of their own community. Only nodes and parts that are well connected within it take part
/// (their edges to the rest weigh at least gamma times both masses), and a part is drawn with
/// probability ~ exp(gain / theta) among those without loss. So parts are connected. Returns the
/// part of each node, a number below the count of nodes.
std::vector<Node> refine(const Level& level,
                         const LevelOptions& options,
                         std::span<const Node> community,
                         base::Random& random);

}  // namespace wend::discover
