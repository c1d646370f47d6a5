// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/expectation.h"

namespace wend::llm {

double rough_tokens(std::string_view text) {
  constexpr double kBytesOfAToken = 4;
  constexpr double kTokensOfAMessage = 8;  // What a chat template puts around it.
  return static_cast<double>(text.size()) / kBytesOfAToken + kTokensOfAMessage;
}

double rough_tokens(std::span<const ChatMessage> messages) {
  double tokens = 0;
  for (const ChatMessage& message : messages) {
    tokens += rough_tokens(message.content);
  }
  return tokens;
}

void Expectation::learn(double rough_input_tokens, const Usage& usage) {
  if (!usage.prompt_tokens || !usage.completion_tokens) {
    return;
  }
  rough_input_ += rough_input_tokens;
  input_ += static_cast<double>(*usage.prompt_tokens);
  output_ += static_cast<double>(*usage.completion_tokens);
  ++replies_;
}

ExpectedCall Expectation::expect(double rough_input_tokens, const TokenPrices& prices) const {
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

}  // namespace wend::llm
