// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "wend/base/result.h"

namespace wend::llm {

/// Texts by the names of their files in prompts/, without ".txt".
using PromptTexts = std::map<std::string, std::string, std::less<>>;

/// The program's own (prompts.h), and in the place of theirs those of a folder, whose name may be
/// empty: none. A text file there that would be used by nobody (another name, "answer", which
/// label.prompt_template names) and one that has other {{places}} than the text it stands for are
/// errors. Files that are no .txt are passed over.
base::Result<PromptTexts> prompt_texts(const std::string& folder);

}  // namespace wend::llm
