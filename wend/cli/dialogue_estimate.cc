// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/dialogue_estimate.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace wend::cli {

nlohmann::ordered_json estimate_json(std::string_view items,
                                     const llm::DialogueEstimate& estimate,
                                     const std::string& currency) {
  return {{std::string(items), estimate.items},
          {"reused", estimate.reused},
          {"calls", estimate.calls},
          {"input_tokens", static_cast<std::uint64_t>(estimate.input_tokens)},
          {"output_tokens", static_cast<std::uint64_t>(estimate.output_tokens)},
          {"estimate", estimate.cost},
          {"currency", currency},
          {"unpriced_calls", estimate.unpriced_calls}};
}

void print_estimate(std::FILE* stream,
                    std::string_view items,
                    const llm::DialogueEstimate& estimate,
                    const std::string& currency) {
  fmt::print(
      stream,
      "{} {}, {} known already; {} calls to make: about {:.0f} tokens in, {:.0f} out, {:.4g} "
      "{}\n",
      estimate.items,
      items,
      estimate.reused,
      estimate.calls,
      estimate.input_tokens,
      estimate.output_tokens,
      estimate.cost,
      currency);
}

}  // namespace wend::cli
