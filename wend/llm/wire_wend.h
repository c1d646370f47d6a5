// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/llm/wire_request.h"
#include "wend/llm/wire_walk.h"

namespace wend::llm {

/// Reads the member "wend": preference (0 to 1, or a name, or such a number as a text), models (a
/// list of patterns), max_cost. Since it is ours, an unknown key, and one that stands twice, is a
/// fault. Null is as good as absent, for the block and for each of its members.
bool read_wend_block(BodyWalk& walk, BodyWalk::Value value, WendBlock& block);

}  // namespace wend::llm
