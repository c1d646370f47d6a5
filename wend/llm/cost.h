// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "wend/llm/chat.h"

namespace wend::llm {

/// Prices per million tokens; what is not known is absent.
struct TokenPrices {
  std::optional<double> input;
  std::optional<double> cached_input;  ///< Absent: cached tokens cost what others do.
  std::optional<double> output;
};

/// What a call cost: prompt tokens, of which the cached ones at their own price, and completion
/// tokens. Nothing where a price or a count is missing; never below zero, whatever the upstream
/// says of its cache.
std::optional<double> cost_of(const Usage& usage, const TokenPrices& prices);

}  // namespace wend::llm
