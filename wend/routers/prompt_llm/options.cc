// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/prompt_llm/options.h"

namespace wend::routers {

void PromptLlmOptions::fields(OptionFields& fields) {
  fields.text("model", model);
  fields.choice("knows", knows, kKnowledgeNames);
}

base::Result<PromptLlmOptions> PromptLlmOptions::parse(const RouterSpec& spec) {
  PromptLlmOptions options;
  TRY(read_spec_options(spec, [&](OptionFields& fields) { options.fields(fields); }));
  return options;
}

std::string PromptLlmOptions::to_json() {
  return options_json([this](OptionFields& visitor) { fields(visitor); });
}

}  // namespace wend::routers
