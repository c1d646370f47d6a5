// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/describe.h"

#include "wend/base/template.h"
#include "wend/discover/parse_description.h"
#include "wend/text/excerpt.h"

namespace wend::discover {
namespace {

// What is to be done stands at either end of a prompt. Each token shown costs time with a local
// model, and money with another: some 200 of them are enough to tell a kind of task.
constexpr std::size_t kShownBegin = 600;
constexpr std::size_t kShownEnd = 200;

}  // namespace

std::string shown_prompt(std::string_view routing_text) {
  return text::excerpt(routing_text, kShownBegin, kShownEnd);
}

base::Result<llm::DialogueStep> DescribeItems::follow(std::size_t item) const {
  const std::string shown = shown_prompt(prompts_[item].text);
  const std::string question = base::fill_template(describer_.prompt, {{"prompt", shown}});
  return llm::follow_dialogue(
      ledger_, describer_.partner, {prompts_[item].id, question}, [&](std::string_view said) {
        return parse_description(said, shown).has_value();
      });
}

base::Result<std::optional<llm::ItemCall>> DescribeItems::look(std::size_t item) {
  return llm::ItemCall{TRY(follow(item)), 1};
}

base::Status DescribeItems::finish(std::size_t item) {
  const llm::DialogueStep step = TRY(follow(item));
  auto sentence = parse_description(step.reply, shown_prompt(prompts_[item].text));
  descriptions_[item] = {
      sentence ? DescriptionEnd::kDescribed : DescriptionEnd::kUnreadable,
      sentence ? std::move(*sentence) : std::string(),
      step.again,
  };
  return {};
}

base::Status DescribeItems::give_up(std::size_t item, const llm::CallFailure& /*failure*/) {
  const llm::DialogueStep step = TRY(follow(item));
  descriptions_[item] = {DescriptionEnd::kUnanswered, "", step.again};
  return {};
}

}  // namespace wend::discover
