// SPDX-License-Identifier: Apache-2.0
#include "wend/label/expectation.h"

namespace wend::label {

void Expectation::learn(double rough_input_tokens, const llm::Usage& usage) {
  if (!usage.prompt_tokens || !usage.completion_tokens) {
    return;
  }
  rough_input_ += rough_input_tokens;
  input_ += static_cast<double>(*usage.prompt_tokens);
  output_ += static_cast<double>(*usage.completion_tokens);
  ++replies_;
}

ExpectedCall Expectation::expect(double rough_input_tokens, const llm::TokenPrices& prices) const {
  constexpr double kTokensOfAPrice = 1e6;
  ExpectedCall call;
  call.input_tokens =
      rough_input_ > 0 ? rough_input_tokens * input_ / rough_input_ : rough_input_tokens;
  call.output_tokens = replies_ > 0 ? output_ / static_cast<double>(replies_) : max_tokens_;
  if (prices.input && prices.output) {
    call.cost =
        (call.input_tokens * *prices.input + call.output_tokens * *prices.output) / kTokensOfAPrice;
  }
  return call;
}

}  // namespace wend::label
