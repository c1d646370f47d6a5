// SPDX-License-Identifier: Apache-2.0
// Pairs as they stand between their markers. Questions and answers are free text of any number of
// lines, code and dialogues among them, so little counts as the beginning of one: "Q:" and "A:" in
// capitals where a line begins, never within a code fence. A list's bullet or number may stand
// before "Q:" where it stands before each. Where the lines leave a doubt the reply is refused:
// asking again is cheaper than an answer that ends in its middle.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "wend/synth/parse_reply.h"

namespace wend::synth {

/// The pairs of one block, maybe none. Their texts are as they stand there.
Parsed<std::vector<QaPair>> read_pairs(std::string_view block);

}  // namespace wend::synth
