// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/cost.h"

#include <algorithm>

namespace wend::llm {

std::optional<double> cost_of(const Usage& usage, const TokenPrices& prices) {
  if (!prices.input || !prices.output || !usage.prompt_tokens || !usage.completion_tokens) {
    return std::nullopt;
  }
  const std::int64_t prompt = std::max<std::int64_t>(*usage.prompt_tokens, 0);
  const std::int64_t completion = std::max<std::int64_t>(*usage.completion_tokens, 0);
  const std::int64_t cached = std::clamp<std::int64_t>(usage.cached_tokens.value_or(0), 0, prompt);
  constexpr double kTokensOfAPrice = 1e6;
  return (static_cast<double>(prompt - cached) * *prices.input +
          static_cast<double>(cached) * prices.cached_input.value_or(*prices.input) +
          static_cast<double>(completion) * *prices.output) /
         kTokensOfAPrice;
}

}  // namespace wend::llm
