// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "wend/llm/chat.h"
#include "wend/llm/cost.h"

namespace wend::llm {

/// Tokens of a text, roughly: four bytes each. For estimates alone.
double rough_tokens(std::string_view text);
/// Of all messages of a call.
double rough_tokens(std::span<const ChatMessage> messages);

struct ExpectedCall {
  double input_tokens = 0;
  double output_tokens = 0;
  std::optional<double> cost;  ///< Absent where the model has no prices.
};

/// What the next call of a model is expected to take, learnt from its replies so far: input tokens
/// in proportion to a rough count of the text's, output tokens as the mean. Before the first reply
/// the rough count and the whole of max_tokens, so that a budget is not passed unawares.
class Expectation {
 public:
  explicit Expectation(double max_tokens) : max_tokens_(max_tokens) {}

  void learn(double rough_input_tokens, const Usage& usage);
  ExpectedCall expect(double rough_input_tokens, const TokenPrices& prices) const;

 private:
  double max_tokens_;
  double rough_input_ = 0;
  double input_ = 0;
  double output_ = 0;
  std::size_t replies_ = 0;
};

}  // namespace wend::llm
