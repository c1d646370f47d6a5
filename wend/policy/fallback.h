// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "wend/core/decision.h"

namespace wend::policy {

/// Whether a stands before b: the higher utility, of equals the cheaper (algorithms.md 1.4).
bool is_better(const core::Candidate& a, const core::Candidate& b);

/// The models to ask one after another while none answers: the chosen one, then the others that may
/// be used from the best down; of equals the first. Never empty for a decision that was made.
std::vector<std::size_t> fallback_order(const core::Decision& decision);

}  // namespace wend::policy
