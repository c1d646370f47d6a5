// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/prompts.h"

#include <algorithm>

#include "wend/base/check.h"

namespace wend::llm {

std::string_view embedded_prompt(std::string_view name) {
  const auto prompts = embedded_prompts();
  const auto found = std::ranges::find(prompts, name, &EmbeddedPrompt::name);
  CHECK(found != prompts.end(), "prompts/{}.txt was not there when this was built", name);
  return found->text;
}

}  // namespace wend::llm
