// SPDX-License-Identifier: Apache-2.0
// What models are told, one text a role: those of prompts/synth_*.txt, which stand in the program,
// or a user's own in their place.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/base/template.h"
#include "wend/llm/prompt_texts.h"

namespace wend::synth {

class Prompts {
 public:
  /// Those that stand in the program.
  static Prompts built_in();

  /// Those of a folder in the place of the built-in ones with their names (synth_pairs.txt); none
  /// where its name is empty. Fails as llm::prompt_texts does.
  static base::Result<Prompts> with_folder(const std::string& folder);

  /// The text of a role ("pairs") with its places filled. Needs a value for each; what is put in is
  /// not looked at again.
  std::string render(std::string_view role, const base::TemplateValues& values) const;

  /// Of all texts but an audit's, in hex: others are another synthesis.
  std::string digest() const;

 private:
  static Prompts of(const llm::PromptTexts& texts);

  std::map<std::string, std::string, std::less<>> texts_;  // By role, without the last newline.
};

}  // namespace wend::synth
