// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "wend/discover/leiden_level.h"

namespace wend::discover {

/// Each part becomes one node: edges between two parts one edge of their weight, edges inside a
/// self-loop, masses added up. Parts are numbered from 0 without gaps.
Level aggregate(const Level& level, std::span<const Node> part, Node parts);

}  // namespace wend::discover
