// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/routers/spec.h"
#include "wend/routers/trouter/option_fields.h"

namespace wend::routers {

/// What the language model is told of each candidate: its card (name, prices, size, description),
/// or also its mean quality and cost on the train rows.
enum class Knowledge { kCards, kMeans };
inline constexpr std::array<std::string_view, 2> kKnowledgeNames = {"cards", "means"};

struct PromptLlmOptions {
  std::string model;  ///< Who is asked; empty: eval.prompt_llm of the configuration.
  Knowledge knows = Knowledge::kCards;

  static base::Result<PromptLlmOptions> parse(const RouterSpec& spec);
  std::string to_json();
  void fields(OptionFields& fields);
};

}  // namespace wend::routers
