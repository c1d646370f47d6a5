// SPDX-License-Identifier: Apache-2.0
// Every prompt that is sent to a model stands in prompts/ as a text file, and is part of the
// program.
#pragma once

#include <span>
#include <string_view>

namespace wend::llm {

struct EmbeddedPrompt {
  std::string_view name;  ///< "judge" for prompts/judge.txt.
  std::string_view text;
};

/// All of them, by name.
std::span<const EmbeddedPrompt> embedded_prompts();

/// The text of prompts/NAME.txt as it was when the program was built. Needs a name that is there.
std::string_view embedded_prompt(std::string_view name);

}  // namespace wend::llm
