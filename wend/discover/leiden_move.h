// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "wend/base/random.h"
#include "wend/discover/leiden_level.h"

namespace wend::discover {

/// The fast local move: nodes wait in a queue, at first all in random order; each goes to the
/// community around it (or an empty one) where it gains most, and then its neighbours outside of
/// that community queue again. Communities are numbers below the count of nodes. Returns how many
/// moves were made, a bounded number; none makes Q smaller, but for rounding.
std::size_t move_nodes(const Level& level,
                       const LevelOptions& options,
                       std::span<Node> community,
                       base::Random& random);

}  // namespace wend::discover
