// SPDX-License-Identifier: Apache-2.0
// The forward pass of algorithms.md 9.1 written out in loops of doubles, one line to a formula:
// slow, and obviously right. It is the twin that the fast pass is held against where no recorded
// vectors are.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "wend/encoder/bert_weights.h"

namespace wend::encoder {

/// ids (length) -> mean of the last hidden states (hidden). The ids must be in the vocabulary,
/// their number in 1..positions.
std::vector<double> reference_pooled(const BertWeights& weights, std::span<const std::int32_t> ids);

}  // namespace wend::encoder
